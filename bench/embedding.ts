/** Our embedder as it serves, against sentence-transformers and fastembed: the same weights, texts and number of threads. */
import { createEmbedder, type Embedder } from '../clients/embedder/index.ts';
import { loadTokenizer } from '../clients/embedder/tokens.ts';
import { parseConfig } from '../contracts/config.ts';
import { EMBEDDING_MODELS } from '../contracts/embeddings.ts';
import { modelDir } from '../deploy/local/setup/paths.mjs';
import { paddingShare } from './embedding/padding.ts';
import { type Peer, startPeer } from './embedding/peer.ts';
import { preparePeer } from './embedding/prepare-peer.ts';
import { cosinesOf, likeness, rankingLoss } from './embedding/quality.ts';
import { benchTexts } from './embedding/texts.ts';
import type { Bench, Comparison, Measure } from './result.ts';
import { compare, measured, type Side } from './runner.ts';

const THREADS = 2;
/** Of the CPU; it decides nothing about padding, which is none. */
const BUDGET = 256;
const OVER_SENTENCE_TRANSFORMERS = { atLeast: 3 };
const OVER_FASTEMBED = { atLeast: 1.5 };
const FILES = { int8: 'onnx/model_int8.onnx', fp32: 'onnx/model.onnx' };

export const embedding: Bench = {
  name: 'embedding',
  title: 'our embedder against sentence-transformers and fastembed',
  async run(context) {
    const { python, model: weights } = await preparePeer(context);
    const { EMBEDDING_MODEL: model } = parseConfig({});
    const texts = await benchTexts();
    context.say(`${texts.cues.length} cues, ${texts.chunks.length} chunks; loading all sides`);
    const open = (precision: 'auto' | 'fp32') =>
      createEmbedder({ modelDir, model, device: 'cpu', deviceIndex: 0, precision, threads: THREADS });
    const [served, fp32] = [await open('auto'), await open('fp32')];
    context.onEnd(() => Promise.all([served.close(), fp32.close()]).then(() => undefined));
    const start = async (options: Parameters<typeof startPeer>[0]) => {
      const peer = await startPeer(options);
      context.onEnd(peer.close);
      return peer;
    };
    const torch = await start({ library: 'sentence-transformers', python, model: weights, threads: THREADS });
    const fastembed = (file: string) =>
      start({ library: 'fastembed', python, model: modelDir, file, threads: THREADS });
    const [fastInt8, fastFp32] = [await fastembed(FILES.int8), await fastembed(FILES.fp32)];

    context.say(served.note);
    const [ours, exact, theirs] = [
      await served.embed(texts.cues),
      await fp32.embed(texts.cues),
      await torch.vectors(texts.cues),
    ];
    const fast = { int8: await fastInt8.vectors(texts.cues), fp32: await fastFp32.vectors(texts.cues) };
    const ranking = await rankingLoss(served, fp32);
    const measures: Measure[] = [
      ...likeness(`${served.precision} to fp32`, cosinesOf(ours, exact), { atLeast: 0.99 }),
      ...likeness('fp32 to sentence-transformers', cosinesOf(exact, theirs)),
      ...likeness('fp32 to fastembed on the same file', cosinesOf(exact, fast.fp32)),
      ...likeness('int8 to fastembed on the same file, whose batches are padded', cosinesOf(ours, fast.int8)),
      ...ranking.measures,
    ];
    const against = (name: string, a: Side, b: Side, goal: { atLeast: number }) =>
      // Getting the vectors above was the warm-up of the cues; the chunks have one of their own.
      compare(a, b, {
        name,
        unit: 'sentences/s',
        better: 'higher',
        goal,
        rounds: context.rounds,
        warmUps: 1,
        say: context.say,
      });
    const comparisons: Comparison[] = [];
    for (const [kind, list] of Object.entries(texts)) {
      const lengths = await tokensOf(list);
      const oursAt = (embedder: Embedder): Side => ({
        name: `ours, ${embedder.precision}`,
        measure: () => ourRate(embedder, list),
      });
      const peerAt = (name: string, peer: Peer): Side => ({
        name,
        measure: async () => list.length / (await peer.time(list)),
      });
      const first = await against(
        kind,
        oursAt(served),
        peerAt('sentence-transformers, fp32', torch),
        OVER_SENTENCE_TRANSFORMERS,
      );
      comparisons.push(
        first,
        await against(`${kind}, int8 file`, oursAt(served), peerAt('fastembed, int8', fastInt8), OVER_FASTEMBED),
        await against(`${kind}, fp32 file`, oursAt(fp32), peerAt('fastembed, fp32', fastFp32), OVER_FASTEMBED),
      );
      const tokens = lengths.reduce((sum, length) => sum + length.tokens, 0) / list.length;
      measures.push(
        measured(`${kind}: tokens a text`, '', [tokens]),
        measured(
          `${kind}: ours, ${served.precision}`,
          'tokens/s',
          first.a.rounds.map((rate) => rate * tokens),
        ),
        measured(
          `${kind}: sentence-transformers`,
          'tokens/s',
          first.b.rounds.map((rate) => rate * tokens),
        ),
        measured(`${kind}: padding, ours`, '%', [100 * paddingShare.ours(lengths, BUDGET)]),
        measured(`${kind}: padding, sentence-transformers`, '%', [100 * paddingShare.sentenceTransformers(lengths)]),
        measured(`${kind}: padding, fastembed`, '%', [100 * paddingShare.fastembed(lengths)]),
      );
    }
    return {
      settings: {
        model,
        cues: texts.cues.length,
        chunks: texts.chunks.length,
        'threads a side': THREADS,
        ...torch.versions,
        ...fastInt8.versions,
      },
      measures,
      comparisons,
      notes: [
        'All sides hold the same weights, loaded once before; each embeds all texts in a round and times itself, tokenizing and pooling included. Ours talks to its own processes within its time; talking to the peers is not counted.',
        'sentence-transformers and fastembed run as they come: batches of 32 sorted by characters, and of 256 unsorted.',
        'Cues are what is spoken at a time; chunks are what the product indexes, windows of sentences.',
        ranking.note,
      ],
    };
  },
};

async function ourRate(embedder: Embedder, texts: string[]): Promise<number> {
  const began = performance.now();
  await embedder.embed(texts);
  return texts.length / ((performance.now() - began) / 1_000);
}

/** Lengths as the model sees them; all texts here are shorter than its window. */
async function tokensOf(texts: string[]) {
  const { EMBEDDING_MODEL: model } = parseConfig({});
  const tokenizer = await loadTokenizer(modelDir, EMBEDDING_MODELS[model].maxTokens);
  return Promise.all(
    texts.map(async (text) => ({ chars: text.length, tokens: (await tokenizer.windows(text))[0]?.length ?? 0 })),
  );
}
