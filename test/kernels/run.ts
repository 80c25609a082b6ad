// One command to its end: not longer than it may take, and not longer than this process lives.

import { Program } from '../lab/program.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly limitMs?: number;
}

/** Ends with this process, also when that is killed. */
export const guarded = (argv: readonly string[]): string[] => [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...argv,
];

/** Returns standard output; throws when the command fails. */
export const run = async (
  argv: readonly string[],
  { cwd, limitMs = 120_000 }: RunOptions = {},
): Promise<string> => {
  const program = new Program(argv[0] ?? '', guarded(argv), cwd === undefined ? {} : { cwd });
  const limit = setTimeout(() => program.kill(), limitMs);
  const { code, signal } = await program.exited;
  clearTimeout(limit);
  if (code === 0) return program.lines.join('\n');
  const why = program.errors.join('\n') || `ended with ${signal ?? code}`;
  throw new Error(`${argv.join(' ')}: ${why}`);
};
