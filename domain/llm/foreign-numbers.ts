/** Digits with optional thousands commas and decimals; not inside a word, date or version ("sma_20" is a name, not a figure). */
const FIGURE = /(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)|(?<![\w.])\d+(?:\.\d+)?(?![\w])/g;
const LIST_MARK = /^\s*\d{1,2}[.)]\s/gm;

const figures = (text: string): string[] => (text.match(FIGURE) ?? []).map((figure) => figure.replaceAll(',', ''));

/** An input matches when the answer states it exactly or rounded to the answer's own number of decimals. */
const states = (figure: string, input: number): boolean => {
  const decimals = figure.split('.')[1]?.length ?? 0;
  return Number(figure) === input || Number(input.toFixed(Math.min(decimals, 20))) === Number(figure);
};

/**
 * Figures in an answer that none of its inputs states (thousands commas aside, rounding allowed). Numbering of list items at
 * line starts is no figure. Each is told once, in order of appearance.
 */
export const foreignNumbers = (text: string, inputs: readonly string[]): string[] => {
  const known = inputs.flatMap((input) =>
    (input.match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((figure) => Number(figure.replaceAll(',', ''))),
  );
  const found = figures(text.replace(LIST_MARK, ''));
  return [...new Set(found)].filter((figure) => !known.some((input) => states(figure, input)));
};
