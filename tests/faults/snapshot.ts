/** Everything that a run stored about its one lesson, with ids replaced by what they stand for, so that two runs compare. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { SEARCHABLE_TYPES, type SearchableType } from '../../contracts/names.ts';
import { createIndex } from '../../clients/qdrant/index.ts';

/** Rows by table; each query leaves out ids and clocks. Cues stand for themselves by index, clips and frames by their time. */
const QUERIES = {
  media: `SELECT kind, title, duration_ms, probe, searchable_at IS NOT NULL AS searchable FROM media_items`,
  transcripts: `SELECT format, language, origin, content_hash, quality, repairs FROM transcripts`,
  cues: `SELECT index, start_ms, end_ms, text, words FROM transcript_cues`,
  hits: `SELECT h.keyword, h.category, h.variant, h.start_ms, h.end_ms, h.confidence, h.method, h.context_text, c.start_ms AS clip,
      ARRAY(SELECT q.index FROM transcript_cues q WHERE q.id = ANY (h.cue_ids) ORDER BY 1) AS cues
    FROM keyword_hits h LEFT JOIN clips c ON c.id = h.clip_id`,
  chunks: `SELECT c.index, c.start_ms, c.end_ms, c.text,
      ARRAY(SELECT q.index FROM transcript_cues q WHERE q.id = ANY (c.cue_ids) ORDER BY 1) AS cues FROM transcript_chunks c`,
  clips: `SELECT start_ms, end_ms, duration_ms, size_bytes, text, thumbnail_path IS NULL AS bare, mode, method, method_reason, cut_start_ms FROM clips`,
  concepts: `SELECT o.term, o.category, o.parameter, o.value, o.relation, o.reference, o.quote, o.start_ms, o.end_ms, c.start_ms AS clip,
      ARRAY(SELECT q.index FROM transcript_cues q WHERE q.id = ANY (o.cue_ids) ORDER BY 1) AS cues
    FROM concepts o LEFT JOIN clips c ON c.id = o.clip_id`,
  frames: `SELECT f.at_ms, f.text, f.ocr_confidence, c.start_ms AS clip FROM frames f LEFT JOIN clips c ON c.id = f.clip_id`,
  embeddings: `SELECT embedding_type, embedding_model, precision, vector_dimension, content_hash, length(embedding_vector) AS bytes
    FROM embeddings`,
  strategies: `SELECT keyword, title, text, rules, status, backend, model, prompt_id, prompt_version, examples_used, note,
    cardinality(media_item_ids) AS media FROM strategies`,
  citations: `SELECT s.keyword, x.rule_id, q.index AS cue, c.start_ms AS clip, x.start_ms, x.end_ms, x.quote
    FROM strategy_citations x JOIN strategies s ON s.id = x.strategy_id JOIN transcript_cues q ON q.id = x.cue_id
    LEFT JOIN clips c ON c.id = x.clip_id`,
  candles: `SELECT product, timeframe, count(*) AS bars FROM candles GROUP BY product, timeframe`,
  signals: `SELECT s.keyword, g.symbol, g.timeframe, g.type, g.bar_time, g.entry_price, g.stop_loss, g.target_price,
      g.risk_reward_ratio, g.rule_id, g.indicators, g.draft
    FROM signals g JOIN strategies s ON s.id = g.strategy_id`,
  tasks: `SELECT s.keyword, g.symbol, g.bar_time, t.status, t.attempts, t.error
    FROM llm_enhancement_tasks t JOIN signals g ON g.id = t.signal_id JOIN strategies s ON s.id = g.strategy_id`,
  ratings: `SELECT s.keyword, g.symbol, g.bar_time, r.rating, r.choppiness, r.rating_reason, r.choppiness_reason,
      r.recommendations, r.llm_status, r.parse_method, r.backend, r.model_used
    FROM llm_analysis_results r JOIN signals g ON g.id = r.signal_id JOIN strategies s ON s.id = g.strategy_id`,
  exports: `SELECT name, scope, rows, path FROM exports`,
  runs: `SELECT workflow_type, keyword, status, failure, count(*) AS times FROM runs GROUP BY 1, 2, 3, 4`,
} as const;
type Table = keyof typeof QUERIES;

export interface Snapshot {
  /** Rows as JSON, sorted: a row that is there twice is in the list twice. */
  tables: Record<Table, string[]>;
  /** Point count of the lesson's points, by type. */
  points: Record<SearchableType, number>;
  /** Path below the data folder, without the item's id → content hash, of clips and frames. */
  files: Record<string, string>;
  /** Probed duration of each clip, in seconds. */
  probed: Record<string, string>;
  exportLines: Record<string, number>;
}

export async function takeSnapshot(of: {
  databaseUrl: string;
  dataDir: string;
  mediaItemId: number;
  qdrantUrl: string;
}): Promise<Snapshot> {
  const database = new pg.Client({ connectionString: of.databaseUrl });
  await database.connect();
  const tables: Partial<Record<Table, string[]>> = {};
  for (const [table, query] of Object.entries(QUERIES)) {
    const { rows } = await database.query<Record<string, unknown>>(query);
    tables[table as Table] = rows.map((row) => JSON.stringify(row, withoutIds)).sort();
  }
  await database.end();
  const index = createIndex({ url: of.qdrantUrl, model: 'all-MiniLM-L6-v2', dimension: 384 });
  const points: Partial<Record<SearchableType, number>> = {};
  for (const type of SEARCHABLE_TYPES) points[type] = await index.count(type, { mediaItemId: of.mediaItemId });
  return {
    tables: tables as Snapshot['tables'],
    points: points as Snapshot['points'],
    ...(await filesOf(of.dataDir, of.mediaItemId)),
    exportLines: await linesOf(path.join(of.dataDir, 'exports')),
  };
}

/** Rules carry ids of cues, clips and media in their citations; the citations' table is compared by meaning. */
const withoutIds = (key: string, value: unknown) => (/^(cueId|clipId|mediaItemId)$/.test(key) ? undefined : value);

async function filesOf(dataDir: string, mediaItemId: number): Promise<Pick<Snapshot, 'files' | 'probed'>> {
  const files: Snapshot['files'] = {};
  const probed: Snapshot['probed'] = {};
  for (const kind of ['clips', 'frames']) {
    const folder = path.join(dataDir, kind, String(mediaItemId));
    for (const name of (await readdir(folder)).sort()) {
      const file = path.join(folder, name);
      files[`${kind}/${name}`] = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      if (name.endsWith('.mp4')) probed[name] = await durationOf(file);
    }
  }
  return { files, probed };
}

async function durationOf(file: string): Promise<string> {
  const args = ['-loglevel', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file];
  return (await promisify(execFile)(process.env.TEST_FFPROBE ?? 'ffprobe', args)).stdout.trim();
}

async function linesOf(folder: string): Promise<Record<string, number>> {
  const names = (await readdir(folder)).sort();
  const counts = names.map(async (name) => {
    const text = await readFile(path.join(folder, name), 'utf8');
    return [name, text.split('\n').length] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}
