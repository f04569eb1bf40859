/** The HTTP API: everything but listening. */
import { secureHeaders } from 'hono/secure-headers';
import { TapeworksError } from '../contracts/errors.ts';
import type { ApiDependencies } from './deps.ts';
import { authenticate, corsFor, knownOrigin } from './middleware/access.ts';
import { jsonLimit, storable } from './middleware/bodies.ts';
import { correlation } from './middleware/correlation.ts';
import { problemResponse, toProblem, toTapeworksError } from './problem.ts';
import { createRouter, type Router } from './router.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { fileRoutes } from './routes/files.ts';
import { healthRoutes } from './routes/health.ts';
import { keywordRoutes } from './routes/keywords.ts';
import { mediaRoutes } from './routes/media.ts';
import { momentRoutes } from './routes/moments.ts';
import { resultRoutes } from './routes/results.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { searchRoutes } from './routes/search.ts';
import { startRoutes } from './routes/starts.ts';

const METHODS = ['GET', 'POST', 'DELETE'];

/** All routes over the given dependencies; nothing is opened or started. */
export function createApp(deps: ApiDependencies): Router {
  const { config, log } = deps;
  const app = createRouter();
  app.use(correlation(log));
  // No HSTS: TLS, where there is any, ends before this process. The docs page has a policy of its own.
  app.use(secureHeaders({ strictTransportSecurity: false, xFrameOptions: 'DENY' }), async (c, next) => {
    await next();
    if (!c.res.headers.has('content-security-policy'))
      c.res.headers.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  });
  if (config.CORS_ORIGINS.length > 0) app.use(corsFor(config.CORS_ORIGINS));
  app.use(authenticate(config.API_KEY), knownOrigin(config.CORS_ORIGINS), jsonLimit, storable);

  // Fixed paths before those with an id: POST /workflows/process-media is no run.
  for (const routes of [
    healthRoutes(deps),
    docsRoutes(),
    mediaRoutes(deps),
    momentRoutes(deps),
    fileRoutes(deps),
    startRoutes(deps),
    runRoutes(deps),
    eventRoutes(deps),
    scheduleRoutes(deps),
    resultRoutes(deps),
    keywordRoutes(deps),
    searchRoutes(deps),
  ])
    app.route('/', routes);

  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', (c) => ({
    openapi: '3.1.0',
    info: {
      title: 'Tapeworks',
      version: '0.1.0',
      description: 'Starts and queries durable workflows over trading lessons.',
    },
    servers: [{ url: new URL(c.req.url).origin }],
    ...(config.API_KEY === undefined ? {} : { security: [{ apiKey: [] }] }),
  }));

  app.notFound((c) => {
    const allowed = METHODS.filter((method) => hasRoute(app, method, c.req.path));
    if (allowed.length === 0)
      throw new TapeworksError('NOT_FOUND', `There is no ${c.req.method} ${c.req.path}; see /docs.`);
    c.header('Allow', allowed.join(', '));
    throw new TapeworksError('METHOD_NOT_ALLOWED', `${c.req.path} takes ${allowed.join(', ')}, not ${c.req.method}.`);
  });

  app.onError((error, c) => {
    const known = toTapeworksError(error);
    const problem = toProblem(known, { instance: c.req.path, correlationId: c.get('correlationId') ?? '' });
    if (problem.status >= 500)
      log.error({ correlationId: problem.correlationId, code: problem.code, err: error }, 'request failed');
    return problemResponse(c, problem);
  });
  return app;
}

/** Whether a route, not only middleware, answers the method on the path. */
function hasRoute(app: Router, method: string, path: string): boolean {
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, route]]) => route.method === method);
}
