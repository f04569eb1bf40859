import { broken, excerpt } from './raw-cue.ts';

/** Parses JSON; a fault is a `TRANSCRIPT_BROKEN` that names the line. */
export function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = Number(/position (\d+)/.exec(error.message)?.[1] ?? text.trimEnd().length);
    const line = text.slice(0, position).split('\n').length;
    const found =
      position >= text.trimEnd().length
        ? 'the file ends too early'
        : `unexpected ${excerpt(text.slice(position, position + 20))}`;
    throw broken(fileName, line, found, 'well-formed JSON');
  }
}
