/** The language of a transcript: by its script, else by the little words that every sentence has. */
import { spokenWords } from './spoken-words.ts';

const LITTLE_WORDS: Record<string, string> = {
  en: 'the and to of that is it you we this in so what are with have was for be your they',
  de: 'der die das und ist nicht ich wir ein eine zu den mit auch auf es sie dass wie aber wenn',
  fr: 'le les des est et un une que pas vous nous je qui dans pour avec sur mais ce cette au',
  es: 'el los las es y un una que no por con para como pero lo muy este esta más del se',
  it: 'il gli che è di un una non per con sono come ma anche questo della nel più questa lo',
  pt: 'o os as é e um uma que não por com para como mas você isso do da mais em ao',
  nl: 'de het een en is niet dat ik we van op met ook voor maar zijn die naar als wat',
  pl: 'i w na nie się że to jest z do jak ale co po tak już czy tym jego był',
  sv: 'och att det som är en jag vi på inte med för den har så till om men ett kan',
  tr: 've bir bu da de için ne çok ama daha gibi var ben o ile olarak kadar şey',
};
const PROFILES = Object.entries(LITTLE_WORDS).map(([code, words]) => ({ code, words: new Set(words.split(' ')) }));

const SCRIPTS: [string, RegExp][] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['zh', /\p{Script=Han}/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['uk', /[їєґ]/giu],
  ['ru', /\p{Script=Cyrillic}/gu],
];

/** As recognisers write them out. */
const NAMES = new Map(
  Object.entries({
    english: 'en',
    german: 'de',
    french: 'fr',
    spanish: 'es',
    italian: 'it',
    portuguese: 'pt',
    dutch: 'nl',
    polish: 'pl',
    swedish: 'sv',
    turkish: 'tr',
    russian: 'ru',
    ukrainian: 'uk',
    japanese: 'ja',
    chinese: 'zh',
    korean: 'ko',
    arabic: 'ar',
    hindi: 'hi',
    hebrew: 'he',
    greek: 'el',
    thai: 'th',
  }),
);

/** A code like "en" or "pt-br" of what a file declares. */
export const languageCode = (declared: string): string => NAMES.get(declared.toLowerCase()) ?? declared.toLowerCase();

const SAMPLE_CHARS = 20_000;
const LEAST_WORDS = 12;

/** The language of a text as a code, or `null` when it is too short or not clear. */
export function detectLanguage(text: string): string | null {
  const sample = text.slice(0, SAMPLE_CHARS);
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  for (const [code, script] of SCRIPTS) {
    const least = code === 'ja' ? 0.2 : code === 'uk' ? 0.02 : 0.5;
    if (letters >= LEAST_WORDS && (sample.match(script)?.length ?? 0) >= letters * least) return code;
  }
  const words = spokenWords(sample);
  if (words.length < LEAST_WORDS) return null;
  const [best, second] = PROFILES.map(({ code, words: little }) => ({
    code,
    share: words.filter((word) => little.has(word)).length / words.length,
  })).toSorted((a, b) => b.share - a.share);
  if (!best || !second || best.share < 0.12) return null;
  return best.share >= second.share * 1.25 ? best.code : null;
}
