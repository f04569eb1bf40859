/**
 * The model's path on a real Ollama server. Its model is tiny and random, so it says nothing sensible: what is seen here is that
 * every request is counted and kept, that nothing invalid is stored, and that the rules answer where the model does not.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enhanceSignalsResultSchema, generateStrategyResultSchema } from '../../contracts/messages.ts';
import { taskQueue } from '../../contracts/names.ts';
import { LLM_STATUSES, PARSE_METHODS, ratingSchema } from '../../contracts/signals.ts';
import { prepareOllama } from '../ollama/prepare.mjs';
import { type Harness, startHarness } from '../setup/harness.ts';
import { writeTranscript } from '../setup/lesson.ts';

const ollama = await prepareOllama();
if ('skip' in ollama) console.warn(`Skipped: a real Ollama server could not be had: ${ollama.skip}`);

describe.skipIf('skip' in ollama)('with Ollama', () => {
  let harness: Harness;
  beforeAll(async () => {
    if ('skip' in ollama) return;
    harness = await startHarness({
      LLM_BACKEND: 'auto',
      OLLAMA_URL: ollama.url,
      OLLAMA_MODEL: ollama.model,
      LLM_REQUESTS_PER_MINUTE: '1000',
      LLM_TIMEOUT_S: '15',
    });
    await writeTranscript(harness.mediaRoot, 'lesson.srt');
    // Up to the index: what follows is started alone, below.
    const { handle } = await harness.process('lesson.srt', { maxStrategies: 0 });
    await handle.result();
  });
  afterAll(async () => {
    await harness?.close();
    if (!('skip' in ollama)) await ollama.stop();
  });

  it('generateStrategy asks it, keeps what it said, and stores a valid, cited strategy whoever wrote it', async () => {
    const { client, dependencies } = harness;
    const result = generateStrategyResultSchema.parse(
      await client.workflow.execute('generateStrategy', {
        workflowId: 'with-ollama',
        taskQueue: taskQueue('workflow'),
        args: [{ keyword: 'RSI', mediaItemId: null, topK: 3, temperature: 0.2, force: false }],
      }),
    );
    const strategy = await dependencies.database.strategy.findUniqueOrThrow({
      where: { id: result.strategyId },
      include: { citations: true },
    });
    expect(strategy.citations.length).toBeGreaterThan(0);
    if (strategy.backend === 'offline')
      expect(strategy.note).toMatch(/^ollama tiny (gave no usable rules|did not answer): /);
    const calls = await dependencies.database.llmCall.findMany({ where: { task: 'strategy' } });
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      expect(call).toMatchObject({ backend: 'ollama', model: 'tiny', workflowId: 'with-ollama' });
      if (call.status === 'failed') expect(call.error).toContain('LLM_TIMEOUT');
      else {
        expect(call.outcome).not.toBeNull();
        expect(call.tokens).toBe((call.promptTokens ?? 0) + (call.answerTokens ?? 0));
      }
    }
  });

  it('enhanceSignals stores nothing outside the bounds, and every signal has its row', async () => {
    const { client, dependencies } = harness;
    const { database } = dependencies;
    const [strategy] = await database.strategy.findMany();
    const { id } = await database.signal.create({
      data: {
        strategyId: strategy?.id ?? null,
        sessionId: 'test',
        symbol: 'SAMPLE-BTC',
        timeframe: '1d',
        type: 'long',
        barTime: new Date('2025-06-01'),
        entryPrice: 100,
        stopLoss: 95,
        targetPrice: 110,
        riskRewardRatio: 2,
        ruleId: 'entry-1',
        indicators: {
          rsi: 31,
          atr: 2.5,
          sma_20: 99,
          sma_50: 98,
          volume_ratio: 1.2,
          bb_upper: 110,
          bb_middle: 99,
          bb_lower: 90,
          stochastic_k: 20,
          stochastic_d: 25,
        },
        draft: true,
      },
    });
    await database.llmEnhancementTask.create({ data: { signalId: id } });
    const result = enhanceSignalsResultSchema.parse(
      await client.workflow.execute('enhanceSignals', {
        workflowId: 'rate-with-ollama',
        taskQueue: taskQueue('workflow'),
        args: [{ strategyIds: null, limit: 100, soFar: { rated: 0, offline: 0, backend: 'offline' } }],
      }),
    );
    expect(result.rated).toBe(1);
    const results = await database.llmAnalysisResult.findMany();
    expect(results).toHaveLength(1);
    for (const row of results) {
      expect(ratingSchema.safeParse(row).success).toBe(true);
      expect(LLM_STATUSES).toContain(row.llmStatus);
      expect(PARSE_METHODS).toContain(row.parseMethod);
      expect(row.backend === 'offline').toBe(row.llmStatus !== 'rated');
    }
    expect(await database.llmCall.count({ where: { task: 'rating' } })).toBeGreaterThanOrEqual(1);
  }, 180_000);
});
