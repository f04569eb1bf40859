/** Progress as the Temporal Web UI shows it. */
import type { Progress, StageProgress } from '../contracts/runs.ts';

const marks: Record<StageProgress['status'], string> = {
  pending: '·',
  running: '▶',
  done: '✓',
  reused: '↺',
  skipped: '–',
  failed: '✗',
  cancelled: '■',
};

export function progressMarkdown(progress: Progress): string {
  const rows = progress.stages.map(({ stage, status, counts, note, seconds }) => {
    const counted = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    return `| ${marks[status]} | ${stage} | ${[...counted, note ?? ''].filter(Boolean).join(', ')} | ${seconds === null ? '' : `${seconds.toFixed(1)}&nbsp;s`} |`;
  });
  const failures = progress.failures.map(({ code, message, remedy }) => `- **${code}** ${message} ${remedy}`);
  const head = progress.paused ? `**Paused.** ${progress.pauseReason ?? ''}\n\n` : '';
  return `${head}| | stage | found | time |\n|---|---|---|---|\n${rows.join('\n')}${failures.length > 0 ? `\n\n${failures.join('\n')}` : ''}`;
}
