/** Numbers as they are spoken: "14", "1.5", "two hundred", "twenty-five", "one point five", "two and a half". */

const SMALL = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, value) => [word, value]),
);
const TENS = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, index) => [word, (index + 2) * 10]),
);

/** A number that takes the words `[from, next)`. */
export type SpokenNumber = { value: number; next: number };

function digits(word: string): number | null {
  return /^\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,6})?$|^\d{1,9}(?:\.\d{1,6})?$/.test(word)
    ? Number(word.replaceAll(',', ''))
    : null;
}

/** 0 to 99 in words. */
function belowHundred(words: string[], from: number): SpokenNumber | null {
  const tens = TENS.get(words[from] ?? '');
  if (tens !== undefined) {
    const unit = SMALL.get(words[from + 1] ?? '') ?? 0;
    return unit >= 1 && unit <= 9 ? { value: tens + unit, next: from + 2 } : { value: tens, next: from + 1 };
  }
  const small = SMALL.get(words[from] ?? '');
  return small === undefined ? null : { value: small, next: from + 1 };
}

/** The hundreds: "two hundred", "hundred and twenty"; "a hundred" is found at "hundred". */
function whole(words: string[], from: number): SpokenNumber | null {
  const head = words[from] === 'hundred' ? { value: 1, next: from } : belowHundred(words, from);
  if (!head || words[head.next] !== 'hundred') return head;
  const hundreds = head.value * 100;
  const after = head.next + 1;
  const rest = belowHundred(words, words[after] === 'and' ? after + 1 : after);
  if (rest && rest.value > 0 && words[rest.next] !== 'hundred')
    return { value: hundreds + rest.value, next: rest.next };
  return { value: hundreds, next: after };
}

/** Digits after "point": "one point two five". */
function fraction(words: string[], from: number): SpokenNumber | null {
  let text = '';
  let next = from;
  for (; text.length < 4; next++) {
    const digit = SMALL.get(words[next] ?? '') ?? digits(words[next] ?? '');
    if (digit === null || !Number.isInteger(digit) || digit > 9) break;
    text += digit;
  }
  return text === '' ? null : { value: Number(`0.${text}`), next };
}

/** The number that begins at a word, or `null`. Words are lower case, hyphens already parted. */
export function spokenNumber(words: string[], from: number): SpokenNumber | null {
  const word = words[from] ?? '';
  if (word === 'half' && words[from + 1] === 'a' && /^(?:%|percent)$/.test(words[from + 2] ?? ''))
    return { value: 0.5, next: from + 2 };
  if (word === 'point') return fraction(words, from + 1);
  const figure = digits(word);
  const number = figure === null ? whole(words, from) : { value: figure, next: from + 1 };
  if (!number) return null;
  if (words[number.next] === 'point') {
    const rest = fraction(words, number.next + 1);
    if (rest) return { value: number.value + rest.value, next: rest.next };
  }
  const tail = words.slice(number.next, number.next + 3).join(' ');
  if (tail === 'and a half') return { value: number.value + 0.5, next: number.next + 3 };
  if (tail === 'and a quarter') return { value: number.value + 0.25, next: number.next + 3 };
  return number;
}

/** Whether a number is among the words, in figures or spoken. */
export const holdsNumber = (words: string[]): boolean =>
  words.some((word, at) => /\d/.test(word) || spokenNumber(words, at) !== null);
