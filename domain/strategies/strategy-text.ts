import type { Citation, StrategyRules } from '../../contracts/strategies.ts';

export const SECTIONS = ['Entry signals', 'Exit criteria', 'Risk management rules', 'Expected outcomes'] as const;
export type SectionTexts = readonly [string, string, string, string];

const LONGEST_QUOTE = 160;

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** `[00:50 "We wait until the RSI has been below 30,"]`: minutes and seconds from the start of the media. */
export const quoteMoment = ({ startMs, quote }: Citation): string => {
  const line = quote.replace(/\s+/g, ' ').replaceAll('"', "'").trim();
  const short = line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line;
  return `[${clock(startMs)} "${short}"]`;
};

const sentence = (says: string, citations: readonly Citation[]): string =>
  [`- ${says}`, ...citations.map(quoteMoment)].join(' ');

/** Four sections under their headings. */
export const joinSections = (sections: SectionTexts): string =>
  SECTIONS.map((heading, i) => `${heading}\n${(sections[i] ?? '').trim()}`).join('\n\n');

/** What the rules' arithmetic says about outcomes. How often the rules win is never guessed. */
const outcomes = ({ direction, entry, risk }: StrategyRules): string => {
  const find = (id: string) => risk.basis.find((basis) => basis.id === id)?.citations ?? [];
  const lines = [
    sentence(
      `Each ${direction} trade ends at its stop, its target or an exit rule; at the stop it loses at most about ${risk.riskPercent} percent of equity before costs and gaps.`,
      find('risk-1'),
    ),
  ];
  if (risk.target.kind === 'risk_multiple') {
    const needed = Math.round(100 / (1 + risk.target.amount));
    lines.push(
      sentence(
        `A trade that reaches its target gains ${risk.target.amount} times what the stop would have lost, so before costs such trades break even at about ${needed} wins in 100.`,
        find('target-1'),
      ),
    );
  }
  lines.push(
    sentence(
      'How often these rules win, and what they earn, only a backtest can show; the lesson is not taken as evidence.',
      entry[0]?.citations.slice(0, 1) ?? [],
    ),
  );
  return lines.join('\n');
};

/** The rules as text in four sections, each sentence with the moments that it rests on. */
export const strategyText = (rules: StrategyRules): string => {
  const tell = (list: readonly { says: string; citations: Citation[] }[]): string =>
    list.map((item) => sentence(item.says, item.citations)).join('\n');
  return joinSections([tell(rules.entry), tell(rules.exit), tell(rules.risk.basis), outcomes(rules)]);
};
