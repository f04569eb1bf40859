/** Text on slides and charts, read by tesseract. */
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import { runProgram } from '../ffmpeg/run.ts';
import { type OcrText, readWords } from './tsv.ts';

/** Page segmentation mode 3: of the modes tried on slides and charts it reads most lines right and takes fewest grid lines for text. */
const AUTOMATIC = '3';

export type { OcrText };
export type Ocr = { available: boolean; read(file: string, signal?: AbortSignal): Promise<OcrText | null> };

/**
 * `read` gives `null` for a picture without text. `tesseract: null` means the program is not there: `available` is false and
 * `read` throws `TOOL_MISSING`.
 */
export function createOcr({ tesseract, language = 'eng' }: { tesseract: string | null; language?: string }): Ocr {
  return {
    available: tesseract !== null,
    async read(file, signal) {
      if (tesseract === null)
        throw new TapeworksError('TOOL_MISSING', 'tesseract is not installed.', { program: 'tesseract' });
      const args = [path.resolve(file), 'stdout', '-l', language, '--psm', AUTOMATIC, '-c', 'tessedit_create_tsv=1'];
      // Its own threads slow each other down; the worker runs several pictures at once instead.
      const { stdout } = await runProgram({ program: tesseract, args, signal, env: { OMP_THREAD_LIMIT: '1' } });
      return readWords(stdout.toString('utf8'));
    },
  };
}
