// One test file in one kernel, and what came of it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type End, type Job, type Outcome, runGuest } from './guest.ts';
import { complaintsOf } from './kernel-log.ts';
import { type Counts, countTap, failures } from './tap.ts';

export interface Result extends Counts {
  /** `6.1.192-1` */
  readonly kernel: string;
  readonly test: string;
  readonly seconds: number;
  /** What a person should know beside the counts; in a table, so short. */
  readonly notes: readonly string[];
  /** Lines that tell of what failed. */
  readonly details: readonly string[];
}

/** A machine that dies is tried again: that is no news of ours, unless it does it every time. */
const ATTEMPTS = 3;

/** `directory` gets the whole output and the kernel's log. */
export const runFile = async (
  test: string,
  job: Omit<Job, 'command'>,
  directory: string,
): Promise<Result> => {
  const began = performance.now();
  const command = `exec node dist/test/${test}.test.js`;
  const attempt = async (number: number): Promise<[Outcome, number]> => {
    const outcome = await runGuest({ ...job, command });
    const again = outcome.end.kind === 'died' && number < ATTEMPTS;
    keep(again ? `${test} attempt ${number}` : test, outcome, directory);
    return again ? attempt(number + 1) : [outcome, number];
  };
  const [outcome, attempts] = await attempt(1);
  const seconds = Math.round((performance.now() - began) / 1_000);
  return { ...judge(outcome, attempts), kernel: shortVersion(outcome, job), test, seconds };
};

const keep = (title: string, { output, kernelLog }: Outcome, directory: string): void => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, title.replaceAll(/[/ ]/g, '-'));
  writeFileSync(`${path}.tap`, output);
  writeFileSync(`${path}.kernel-log`, kernelLog);
};

/** Debian's, which names the point release: what `uname -r` says may stay the same over many. */
const shortVersion = ({ version }: Outcome, { kernel }: Omit<Job, 'command'>): string =>
  / Debian (\S+)/.exec(version)?.[1] ?? kernel.release;

type Judgement = Omit<Result, 'kernel' | 'test' | 'seconds'>;

const judge = (outcome: Outcome, attempts: number): Judgement => {
  const counts = countTap(outcome.output);
  const trouble = troubleOf(outcome.end, counts);
  const complaints = complaintsOf(outcome.kernelLog);
  return {
    ...counts,
    failed: counts.failed + (trouble === undefined ? 0 : 1) + (complaints.length === 0 ? 0 : 1),
    notes: [
      ...(trouble === undefined ? [] : [trouble]),
      ...(attempts > 1 ? [`${attempts} attempts`] : []),
      ...(complaints.length > 0 ? [`the kernel complained ${complaints.length} times`] : []),
    ],
    details: [
      ...failures(outcome.output),
      ...(trouble === undefined ? [] : lastWords(outcome)),
      ...complaints,
    ],
  };
};

/** What went wrong that no test could say. */
const troubleOf = (end: End, { passed, failed, skipped }: Counts): string | undefined => {
  if (end.kind === 'died') return 'the machine died';
  if (end.kind === 'late') return 'stopped at its time limit';
  if (failed > 0) return undefined;
  if (end.status !== 0) return `ended with status ${end.status}`;
  return passed + skipped === 0 ? 'no test ran' : undefined;
};

const lastWords = ({ output, kernelLog, complaints }: Outcome): string[] => [
  ...output.split('\n').slice(-20),
  ...kernelLog.replaceAll('\r', '').split('\n').slice(-20),
  ...complaints,
];
