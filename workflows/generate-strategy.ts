/** One keyword's strategy from the moments that teach it. */
import type { GenerateStrategyInput, GenerateStrategyResult } from '../contracts/messages.ts';
import { strategies } from './profiles.ts';
import { Run } from './run-control.ts';

export async function generateStrategy(input: GenerateStrategyInput): Promise<GenerateStrategyResult> {
  const { keyword, mediaItemId } = input;
  const run = new Run({
    workflowType: 'generateStrategy',
    stages: ['generateStrategy'],
    input,
    keyword,
    ...(mediaItemId === null ? {} : { mediaItemId }),
  });
  return run.tell(async () => {
    let result: GenerateStrategyResult | undefined;
    await run.stage('generateStrategy', async () => {
      result = await strategies.generateStrategy(input);
      const { rules, citations, backend, reused } = result;
      return { counts: { rules, citations }, note: `backend ${backend}`, status: reused ? 'reused' : 'done' };
    });
    return result as GenerateStrategyResult;
  });
}
