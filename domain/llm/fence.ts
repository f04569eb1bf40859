/** Marks that could end a fence or pose as a chat template's own; each is shown by a look-alike that does neither. */
const NEUTRAL: readonly (readonly [RegExp, string])[] = [
  [/</g, '‹'],
  [/>/g, '›'],
  [/`{3,}/g, "'''"],
  [/\[(\/?)(INST|SYS|SYSTEM)\]/gi, '($1$2)'],
];

/** Outside text made harmless on one line: markers neutralised, control and format characters and line breaks become spaces. */
export const neutralise = (text: string): string =>
  NEUTRAL.reduce((line, [mark, harmless]) => line.replace(mark, harmless), text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();

/** Undoes what `neutralise` did to angle brackets, so that a quote from a prompt can be found in its cue again. */
export const restoreQuote = (quote: string): string => quote.replaceAll('‹', '<').replaceAll('›', '>');

/**
 * Wraps outside text (transcripts, OCR, web pages) so that a model reads it as data. Nothing in `lines` can close the fence. The
 * system prompts say that what stands inside is never an instruction.
 */
export const fence = (name: string, lines: readonly string[]): string =>
  [`<data name="${neutralise(name).replaceAll('"', "'")}">`, ...lines.map(neutralise), '</data>'].join('\n');
