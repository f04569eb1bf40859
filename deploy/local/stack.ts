/** The embedded runtime: PostgreSQL, Temporal and Qdrant, each from the environment or started here. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../contracts/config.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { findMediaProgram } from './setup/locate.mjs';
import { mediaBinDir, modelDir as preparedModelDir } from './setup/paths.mjs';
import type { Child } from './stack/child.ts';
import { useDatabase, useQdrant, useTemporal } from './stack/external.ts';
import { startPostgres } from './stack/postgres.ts';
import { startQdrant } from './stack/qdrant.ts';
import { takeDataDir } from './stack/state.ts';
import { startTemporal } from './stack/temporal.ts';
import { startWatchdog } from './stack/watchdog.ts';

export { runningState, StackBusy, type StackState } from './stack/state.ts';

export type Stack = {
  databaseUrl: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
  qdrantUrl: string;
  /** Folder with tokenizer.json and onnx/model.onnx. */
  modelDir: string;
  tools: { ffmpeg: string; ffprobe: string; tesseract: string | null; espeak: string | null };
  /** Variables that workers and the API need to use this stack; add them to their environment. */
  environment(): Record<string, string>;
  /** Resolves with a sentence when a component that was started here ends by itself. */
  failed: Promise<string>;
  /** Counts a process that uses the stack as part of it: noted in stack.json, ended before what it depends on. */
  track(child: Child, port?: number): void;
  /** Notes the API's address in stack.json, for whoever joins. */
  publish(extra: { apiUrl: string }): void;
  /** Whether it is being stopped: nothing may be started on it any more. */
  isStopping(): boolean;
  /** Ends what was started here: tracked processes first, then the components. Safe to call again. */
  stop(): Promise<void>;
  /** Ends all by force and gives the folder back. The next start mends what that leaves. */
  forceStop(): void;
};

export type StackOptions = {
  dataDir: string;
  /** Nothing is kept and nothing synced to disk: for tests. */
  ephemeral?: boolean;
  log: (line: string) => void;
  /** Wanted ports; 0 is any free one. Default: the usual ones, or any when ephemeral. */
  ports?: { postgres?: number; temporal?: number; temporalUi?: number; qdrant?: number };
  /** More `KEY=VALUE` settings for Temporal's development server. */
  temporalDynamicConfig?: string[];
};

const USUAL_PORTS = { postgres: 5432, temporal: 7233, qdrant: 6333 };

/**
 * Brings all components up side by side, applies the database migrations, and answers once everything is ready. Throws
 * `StackBusy` when another process holds the data folder, else `TapeworksError`; nothing is left running then.
 */
export async function startStack(config: Config, options: StackOptions): Promise<Stack> {
  const dataDir = path.resolve(options.dataDir);
  const tools = findTools(config);
  makeDataDir(dataDir);
  const held = await takeDataDir(dataDir, options.log);
  const watchdog = startWatchdog();
  const components: Child[] = [];
  const tracked: Child[] = [];
  let stopping: Promise<void> | undefined;
  let reportFailure: (sentence: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    reportFailure = resolve;
  });

  const noteRunning = () => {
    watchdog.guard([...tracked, ...components].filter((child) => child.isRunning()).map(({ pid }) => pid));
    held.save();
  };
  const note = (child: Child, port: number | undefined) => {
    held.state.children.push({ name: child.name, pid: child.pid, started: child.started, ...(port ? { port } : {}) });
    noteRunning();
    void forgetOnceEnded(child);
  };
  const onStarted = (child: Child, port: number) => {
    components.push(child);
    note(child, port);
    void reportUnexpectedEnd(child);
  };
  const forgetOnceEnded = async (child: Child) => {
    await child.ended;
    held.state.children = held.state.children.filter(({ pid }) => pid !== child.pid);
    if (!stopping) noteRunning();
  };
  const reportUnexpectedEnd = async (child: Child) => {
    const how = await child.ended;
    if (!stopping && held.state.urls) reportFailure(`${child.name} ${how} (log: ${child.logFile})`);
  };
  const stopAll = async () => {
    await Promise.all(tracked.map((child) => child.stop()));
    await Promise.all(components.map((child) => child.stop()));
    watchdog.dismiss();
    held.release();
  };
  const stop = () => {
    stopping ??= stopAll();
    return stopping;
  };

  const common = { dataDir, ephemeral: options.ephemeral ?? false, log: options.log, onStarted };
  const usual = options.ephemeral ? { postgres: 0, temporal: 0, qdrant: 0 } : USUAL_PORTS;
  const database = async () => {
    const url =
      config.DATABASE_URL ??
      (await startPostgres({ ...common, port: options.ports?.postgres ?? usual.postgres })).databaseUrl;
    if (config.DATABASE_URL) await useDatabase(url);
    await migrate(url, options.log);
    return url;
  };
  const temporal = async () => {
    if (config.TEMPORAL_ADDRESS) {
      await useTemporal(config.TEMPORAL_ADDRESS, config, options.log);
      return { address: config.TEMPORAL_ADDRESS, uiUrl: config.TEMPORAL_UI_URL ?? null };
    }
    return startTemporal({
      ...common,
      namespace: config.TEMPORAL_NAMESPACE,
      port: options.ports?.temporal ?? usual.temporal,
      uiPort: options.ports?.temporalUi ?? (options.ephemeral ? 0 : config.TEMPORAL_UI_PORT),
      dynamicConfig: options.temporalDynamicConfig ?? [],
    });
  };
  const qdrant = async () => {
    if (!config.QDRANT_URL) return (await startQdrant({ ...common, port: options.ports?.qdrant ?? usual.qdrant })).url;
    await useQdrant(config.QDRANT_URL, config.QDRANT_API_KEY);
    return config.QDRANT_URL;
  };

  const outcomes = await Promise.allSettled([database(), temporal(), qdrant()]);
  const [databaseUrl, temporalServer, qdrantUrl] = outcomes;
  if (databaseUrl.status === 'rejected' || temporalServer.status === 'rejected' || qdrantUrl.status === 'rejected') {
    await stop();
    throw firstFailure(outcomes);
  }
  const urls = {
    databaseUrl: databaseUrl.value,
    temporalAddress: temporalServer.value.address,
    temporalUiUrl: config.TEMPORAL_UI_URL ?? temporalServer.value.uiUrl,
    qdrantUrl: qdrantUrl.value,
  };
  held.state.urls = urls;
  held.save();
  // Only one model is prepared; another's folder, by its name beside it, is the user's to fill.
  const modelDir = config.EMBEDDING_MODEL_DIR ?? path.join(path.dirname(preparedModelDir), config.EMBEDDING_MODEL);

  return {
    ...urls,
    modelDir,
    tools,
    failed,
    stop,
    isStopping: () => stopping !== undefined,
    environment: () => ({
      DATABASE_URL: urls.databaseUrl,
      TEMPORAL_ADDRESS: urls.temporalAddress,
      TEMPORAL_NAMESPACE: config.TEMPORAL_NAMESPACE,
      ...(urls.temporalUiUrl ? { TEMPORAL_UI_URL: urls.temporalUiUrl } : {}),
      QDRANT_URL: urls.qdrantUrl,
      EMBEDDING_MODEL_DIR: modelDir,
      FFMPEG: tools.ffmpeg,
      FFPROBE: tools.ffprobe,
      ...(tools.tesseract ? { TESSERACT: tools.tesseract } : {}),
      DATA_DIR: dataDir,
      PATH: `${process.env.PATH ?? ''}${path.delimiter}${mediaBinDir}`,
    }),
    track(child, port) {
      tracked.push(child);
      note(child, port);
    },
    forceStop() {
      for (const child of [...tracked, ...components]) child.kill();
      held.release();
    },
    publish(extra) {
      held.state.urls = { ...urls, ...extra };
      held.save();
    },
  };
}

/** Throws CONFLICT naming DATA_DIR. Each missing folder by itself: made all at once, a place that refuses folders is tried for ever. */
function makeDataDir(dataDir: string): void {
  try {
    const missing: string[] = [];
    for (let folder = dataDir; !existsSync(folder); folder = path.dirname(folder)) missing.unshift(folder);
    for (const folder of missing) mkdirSync(folder);
    accessSync(dataDir, constants.W_OK);
    readdirSync(dataDir);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TapeworksError('CONFLICT', `DATA_DIR ${dataDir} cannot be used: ${why}`, { dataDir }, { cause: error });
  }
}

/** All that went wrong in one error, with the first one's code. */
function firstFailure(outcomes: PromiseSettledResult<unknown>[]): Error {
  const reasons: unknown[] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const [first] = reasons;
  if (reasons.length === 1 && first instanceof Error) return first;
  const code = first instanceof TapeworksError ? first.code : 'INTERNAL';
  const messages = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason)));
  return new TapeworksError(code, messages.join('\n'), {}, { cause: new AggregateError(reasons) });
}

async function migrate(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const { deployMigrations } = await import('../../prisma/migrate.ts');
  const applied = await deployMigrations(databaseUrl);
  if (applied.length > 0) log(`PostgreSQL: applied ${applied.length} migration(s)`);
}

function findTools(config: Config): Stack['tools'] {
  const needed = (variable: 'FFMPEG' | 'FFPROBE') => {
    const program = config[variable];
    const file = findMediaProgram(program);
    if (!file) {
      const message = `${program} (${variable}) was not found; correct ${variable}, or run npm run setup.`;
      throw new TapeworksError('TOOL_MISSING', message, { program });
    }
    return file;
  };
  return {
    ffmpeg: needed('FFMPEG'),
    ffprobe: needed('FFPROBE'),
    tesseract: findMediaProgram(config.TESSERACT),
    espeak: findMediaProgram('espeak-ng'),
  };
}
