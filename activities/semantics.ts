/** Finds concepts that are explained without their name, by the vectors of passages and of definitions. Runs on the gpu queue. */
import type { Database } from '../clients/database/client.ts';
import { loadCues } from '../clients/database/cues.ts';
import { replaceHits } from '../clients/database/hits.ts';
import { bytesToVector } from '../clients/database/vectors.ts';
import type { Embedder } from '../clients/embedder/index.ts';
import type { Config } from '../contracts/config.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import { requireKeyword } from '../domain/keywords/lexicon.ts';
import { type Definition, explainableTerms, type Passage, semanticHits } from '../domain/keywords/semantic.ts';
import { embedMissing, type EmbeddingDependencies } from './embed-missing.ts';
import { cancellation } from './heartbeat.ts';
import type { StageResult } from './stage-result.ts';

type Dependencies = EmbeddingDependencies & {
  config: EmbeddingDependencies['config'] & Pick<Config, 'SEMANTIC_THRESHOLD' | 'KEYWORD_MIN_CONFIDENCE'>;
  lexicon: () => Promise<Lexicon>;
};

export const createSemanticActivities = (dependencies: Dependencies) => {
  const definitionsOf = definitionVectors();
  const { config, database, lexicon } = dependencies;
  return {
    /**
     * Runs after `detectKeywords`. Business key: media item, keyword, start; hits of an earlier pass that are not found again go.
     * `keywords` null: all terms. Chunks and embeds the transcript where that is missing; the stage `embed` reuses it.
     */
    async detectSemantic({
      mediaItemId,
      keywords,
    }: {
      mediaItemId: number;
      keywords: string[] | null;
    }): Promise<StageResult> {
      const { model } = await embedMissing(dependencies, mediaItemId, ['transcript']);
      const known = await lexicon();
      const [cues, passages, definitions] = await Promise.all([
        loadCues(database, mediaItemId),
        passagesOf(database, mediaItemId, model),
        definitionsOf(known, model),
      ]);
      const spoken = await database.keywordHit.findMany({
        where: { mediaItemId, method: 'lexical' },
        select: { keyword: true, startMs: true, endMs: true },
      });
      const only = keywords && new Set(keywords.map((keyword) => requireKeyword(known, keyword)));
      const positions = new Map(cues.map(({ id }, position) => [id, position]));
      const hits = semanticHits({ passages, definitions, spoken, threshold: config.SEMANTIC_THRESHOLD })
        .filter(
          ({ keyword, confidence }) =>
            confidence >= config.KEYWORD_MIN_CONFIDENCE && (only === null || only.has(keyword)),
        )
        .map(({ cueIds, ...hit }) => ({ ...hit, cueIndexes: cueIds.flatMap((id) => positions.get(id) ?? []) }));
      const explained = await replaceHits(database, mediaItemId, 'semantic', hits, cues);
      return { counts: { explained } };
    },
  };
};

/** The chunks of a transcript with their vectors of this model. */
async function passagesOf(database: Database, mediaItemId: number, model: Embedder): Promise<Passage[]> {
  const [chunks, rows] = await Promise.all([
    database.transcriptChunk.findMany({ where: { mediaItemId }, orderBy: { index: 'asc' } }),
    database.embedding.findMany({
      where: { mediaItemId, embeddingType: 'transcript', origin: 'pipeline', embeddingModel: model.model },
      select: { referenceId: true, embeddingVector: true },
    }),
  ]);
  const vectors = new Map(rows.map(({ referenceId, embeddingVector }) => [referenceId, embeddingVector]));
  return chunks.flatMap(({ id, text, startMs, endMs, cueIds }) => {
    const bytes = vectors.get(id);
    return bytes ? [{ text, startMs, endMs, cueIds, vector: bytesToVector(bytes) }] : [];
  });
}

/** Embeds the definitions once for each lexicon version, model and precision; the last is kept. */
function definitionVectors() {
  let kept: { key: string; definitions: Promise<Definition[]> } | null = null;
  return (lexicon: Lexicon, model: Embedder): Promise<Definition[]> => {
    const key = `${lexicon.version} ${model.model} ${model.precision}`;
    if (kept?.key === key) return kept.definitions;
    const entry = { key, definitions: embedDefinitions(lexicon, model) };
    kept = entry;
    entry.definitions.catch(() => {
      if (kept === entry) kept = null;
    });
    return entry.definitions;
  };
}

async function embedDefinitions(lexicon: Lexicon, model: Embedder): Promise<Definition[]> {
  const terms = explainableTerms(lexicon);
  const vectors = await model.embed(
    terms.map((term) => term.definition),
    { signal: cancellation(), kind: 'query' },
  );
  return terms.map((term, index) => ({ term, vector: vectors[index] ?? new Float32Array(model.dimension) }));
}
