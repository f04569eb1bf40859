/** The Prisma client over `pg`. Made once a process and handed on. */
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type Database = PrismaClient;
/** What a transaction's callback gets; every repository function takes either. */
export type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

/** Opens a pool of at most `connections` to PostgreSQL; connects at the first query. */
export function createDatabase(url: string, connections = 8): Database {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: connections, connectionTimeoutMillis: 5_000 }),
  });
}

/** Resolves when a query answers; rejects with the driver's error otherwise. */
export async function pingDatabase(database: Database): Promise<void> {
  await database.$queryRaw`SELECT 1`;
}
