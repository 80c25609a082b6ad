// What is wrong with a policy, and where, in the form that compilers have made known.

export interface Problem {
  readonly file: string;
  /** Absent where the file as a whole is the problem. */
  readonly at?: Place;
  readonly message: string;
  /** What would be right there: "active, backup, standby or off". */
  readonly expected?: string;
}

export interface Place {
  /** From 1, as `column`. */
  readonly line: number;
  readonly column: number;
  /** How many characters the caret line marks; at least 1. */
  readonly width: number;
  readonly source: string;
}

/** Every problem of every file; `message` shows them all. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n\n'));
    this.problems = problems;
  }
}

/**
 *     laptop.yaml:2:7: role cannot be "activ": did you mean "active"?
 *       role: activ
 *             ^^^^^
 *       expected active, backup, standby or off
 */
export const formatProblem = ({ file, at, message, expected }: Problem): string => {
  const place = at === undefined ? [] : [at.line, at.column];
  const lines = [`${[printable(file), ...place].join(':')}: ${printable(message)}`];
  if (at !== undefined) lines.push(...excerpt(at).map((line) => `  ${line}`.trimEnd()));
  if (expected !== undefined) lines.push(`  expected ${expected}`);
  return lines.join('\n');
};

/** Columns of a terminal that a source line may take. */
const MAX_EXCERPT = 100;

const excerpt = ({ column, width, source }: Place): [source: string, carets: string] => {
  // A long line is shown around the place; what was left out at its start is said with an ellipsis.
  const start = column <= MAX_EXCERPT - 20 ? 0 : column - 20;
  const shown = `${start > 0 ? '…' : ''}${source.slice(start, start + MAX_EXCERPT)}`;
  const before = `${start > 0 ? ' ' : ''}${source.slice(start, column - 1)}`;
  const carets = '^'.repeat(Math.max(1, Math.min(width, shown.length - before.length)));
  return [printable(shown), before.replace(/[^\t]/g, ' ') + carets];
};

/** A policy file must not be able to write on the terminal anything but text. */
const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\t]|\p{Cf}|[\u2028\u2029]/gu, '\uFFFD');
