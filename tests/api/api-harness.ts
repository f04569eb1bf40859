/** The API over a tenant of the shared stack: real database, Temporal, index, and a worker in this process. */
import { pino } from 'pino';
import { createApp } from '../../api/app.ts';
import type { ApiDependencies } from '../../api/deps.ts';
import { createQueryVectors } from '../../api/search/query-vector.ts';
import { createLexiconStore } from '../../clients/database/lexicon.ts';
import { createFfmpeg } from '../../clients/ffmpeg/index.ts';
import type { Problem } from '../../contracts/http/common.ts';
import type { MediaStarted } from '../../contracts/http/starts.ts';
import type { RunDetail } from '../../contracts/http/workflows.ts';
import { LEXICON } from '../../domain/keywords/lexicon.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { until } from '../setup/until.ts';

export interface Reply<Body> {
  status: number;
  headers: Headers;
  body: Body;
}
export type Call = <Body = Problem>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply<Body>>;

export interface ApiHarness {
  harness: Harness;
  deps: ApiDependencies;
  /** Sends a request, its body as JSON, and reads the JSON answer. */
  call: Call;
  request: (path: string, init?: RequestInit) => Promise<Response>;
  /** POST /media of a path. */
  submit(body: object, headers?: Record<string, string>): Promise<Reply<MediaStarted & Problem>>;
  /** The run once it has ended. */
  ended(workflowId: string): Promise<RunDetail>;
}

export async function startApiHarness(overrides: Partial<ApiDependencies> = {}): Promise<ApiHarness> {
  const harness = await startHarness();
  const lexiconStore = createLexiconStore(harness.dependencies.database, LEXICON);
  const deps: ApiDependencies = {
    config: harness.config,
    database: harness.dependencies.database,
    temporal: harness.client,
    searchIndex: await harness.dependencies.searchIndex(),
    queryVectors: createQueryVectors(() => harness.dependencies.embedder()),
    reranker: null,
    ffmpeg: createFfmpeg({
      ffmpeg: process.env.TEST_FFMPEG ?? 'ffmpeg',
      ffprobe: process.env.TEST_FFPROBE ?? 'ffprobe',
    }),
    lexicon: lexiconStore.current,
    lexiconStore,
    llmHealth: async () => ({ backend: 'offline', ok: true, detail: 'by configuration' }),
    log: pino({ level: 'silent' }),
    closing: new AbortController().signal,
    ...overrides,
  };
  const { request, call } = callsOf(deps);
  return {
    harness,
    deps,
    request,
    call,
    submit: (body, headers) => call<MediaStarted & Problem>('POST', '/media', body, headers),
    ended: (workflowId) =>
      until(async () => {
        const { body } = await call<RunDetail>('GET', runPath(workflowId));
        return body.status === 'running' || body.status === 'waiting' ? null : body;
      }),
  };
}

export const runPath = (workflowId: string, rest = '') => `/workflows/${encodeURIComponent(workflowId)}${rest}`;

/** An app over any dependencies. */
export function callsOf(deps: ApiDependencies): Pick<ApiHarness, 'request' | 'call'> {
  const app = createApp(deps);
  const request = async (path: string, init: RequestInit = {}) => await app.request(`http://api.test${path}`, init);
  const call: Call = async <Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const init: RequestInit = {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await request(path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Body };
  };
  return { request, call };
}
