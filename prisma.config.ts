import { defineConfig } from 'prisma/config';

// `prisma migrate deploy` reads the URL here; our own offline command takes it from the same variable.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
});
