// The table at the end.

import type { Result } from './run-file.ts';

const HEAD = ['kernel', 'test', 'passed', 'failed', 'skipped', 'seconds', ''];
const NUMBERS = new Set([2, 3, 4, 5]);

export const table = (results: readonly Result[]): string[] => {
  const rows = [HEAD, ...results.map(row)];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  const pad = (cell: string, i: number) =>
    NUMBERS.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((cells) => cells.map(pad).join('  ').trimEnd());
};

const row = ({ kernel, test, passed, failed, skipped, seconds, notes }: Result): string[] => [
  kernel,
  test,
  ...[passed, failed, skipped, seconds].map(String),
  notes.join('; '),
];

/** For whoever reads the last line alone. */
export const summary = (results: readonly Result[]): string => {
  const sum = (count: 'passed' | 'failed') => results.reduce((all, one) => all + one[count], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed`;
};
