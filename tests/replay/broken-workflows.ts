/** A deliberately broken processMedia: two of its stages have changed places. The replay gate must refuse it. */
import type { ProcessMediaInput } from '../../contracts/messages.ts';
import { STAGES } from '../../contracts/runs.ts';
import { detection, ingestion } from '../../workflows/profiles.ts';
import { Run } from '../../workflows/run-control.ts';

export async function processMedia(input: ProcessMediaInput): Promise<object> {
  const { mediaItemId, videoId, keywords } = input;
  const run = new Run({
    workflowType: 'processMedia',
    stages: STAGES,
    rerunnable: STAGES,
    input,
    mediaItemId,
    videoId,
  });
  return run.tell(async () => {
    await run.stage('ingest', () => detection.detectKeywords({ mediaItemId, keywords }));
    await run.stage('detectKeywords', () => ingestion.ingest({ mediaItemId }));
    return {};
  });
}
