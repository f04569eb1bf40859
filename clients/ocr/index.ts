/** Text on slides and charts, read by tesseract. */
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import { runProgram } from '../ffmpeg/run.ts';
import { type OcrText, readWords } from './tsv.ts';

/** Page segmentation mode 3: of the modes tried on slides and charts it reads most lines right and takes fewest grid lines for text. */
const AUTOMATIC = '3';

export type { OcrText };
export type Ocr = {
  /** Whether the program is there; looked for once. */
  available(): Promise<boolean>;
  read(file: string, signal?: AbortSignal): Promise<OcrText | null>;
};

/**
 * `tesseract`: the program by name or path. `read` gives `null` for a picture without text and throws `TOOL_MISSING` without the
 * program.
 */
export function createOcr({ tesseract, language = 'eng' }: { tesseract: string; language?: string }): Ocr {
  let found: Promise<boolean> | null = null;
  const look = async () => {
    try {
      await runProgram({ program: tesseract, args: ['--version'] });
      return true;
    } catch (error) {
      if (error instanceof TapeworksError && error.code === 'TOOL_MISSING') return false;
      throw error;
    }
  };
  return {
    available() {
      found ??= look();
      return found;
    },
    async read(file, signal) {
      const args = [path.resolve(file), 'stdout', '-l', language, '--psm', AUTOMATIC, '-c', 'tessedit_create_tsv=1'];
      // Its own threads slow each other down; the worker runs several pictures at once instead.
      const { stdout } = await runProgram({ program: tesseract, args, signal, env: { OMP_THREAD_LIMIT: '1' } });
      return readWords(stdout.toString('utf8'));
    },
  };
}
