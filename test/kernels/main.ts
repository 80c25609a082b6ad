// `make kernels`: lab tests in other kernels, each file in an emulated machine of its own.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Archive } from './archive.ts';
import { fetchKernel, type KernelFiles } from './kernel-files.ts';
import { summary, table } from './report.ts';
import { type Result, runFile } from './run-file.ts';
import { chooseKernel, servedKernels } from './served.ts';
import { readSettings, type Settings } from './settings.ts';
import { TESTS, WITHOUT_MPTCP } from './tests.ts';

const RESULTS = 'build/kernels/results';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A line of the table for what was not run. */
const notRun = (kernel: string, test: string, note: string, failed = 0): Result => ({
  ...{ kernel, test, passed: 0, failed, skipped: failed === 0 ? 1 : 0, seconds: 0 },
  ...{ notes: [note], details: [] },
});

/** The kernels that are to be had; a result for each that is not. */
const fetchKernels = async (settings: Settings): Promise<(KernelFiles | Result)[]> => {
  const archive = new Archive(join(settings.cache, 'archive'));
  const served = servedKernels(await archive.names());
  const chosen = settings.kernels.map((wanted) => chooseKernel(served, wanted) ?? wanted);
  const kernels: (KernelFiles | Result)[] = [];
  for (const one of new Set(chosen)) {
    if (typeof one === 'string') kernels.push(notRun(one, '-', 'not served'));
    else {
      const fetched = fetchKernel(archive, one, settings.cache);
      kernels.push(await fetched.catch((error) => notRun(one.release, '-', String(error), 1)));
    }
  }
  return kernels;
};

type Task = () => Promise<Result>;

const tasksFor = (kernel: KernelFiles, settings: Settings, deadline: number): Task[] => {
  const able = kernel.hasMptcp ? TESTS : WITHOUT_MPTCP;
  return (settings.tests ?? able).map((test) => async () => {
    if (!existsSync(`dist/test/${test}.test.js`))
      return notRun(kernel.release, test, 'no such test', 1);
    if (!kernel.hasMptcp && !able.includes(test))
      return notRun(kernel.release, test, 'no MPTCP in this kernel');
    const left = deadline - performance.now();
    if (left < 0) return notRun(kernel.release, test, 'not begun within the total limit', 1);
    const limitMs = Math.min(settings.limitMs, left);
    const { patience, accelerator } = settings;
    const job = { kernel, patience, accelerator, limitMs };
    return runFile(test, job, join(RESULTS, kernel.release)).catch((error) =>
      notRun(kernel.release, test, String(error), 1),
    );
  });
};

/** Runs them, so many at a time; the results are in the order of the tasks. */
const runAll = async (tasks: readonly Task[], atOnce: number): Promise<Result[]> => {
  const results: Result[] = [];
  const left = tasks.entries();
  const worker = async () => {
    for (const [i, task] of left) {
      const result = await task();
      results[i] = result;
      say(table([result])[1] ?? '');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};

const main = async (): Promise<void> => {
  rmSync(RESULTS, { recursive: true, force: true });
  const settings = readSettings(process.env);
  const deadline = performance.now() + settings.totalLimitMs;
  const kernels = await fetchKernels(settings);
  const tasks = kernels.flatMap((one): Task[] =>
    'notes' in one ? [async () => one] : tasksFor(one, settings, deadline),
  );
  say(`${tasks.length} lines of the table to come, as each is done:`);
  const results = await runAll(tasks, settings.jobs);
  for (const { kernel, test, details } of results) {
    if (details.length > 0) say(`\n${kernel} ${test}:\n${details.join('\n')}`);
  }
  say('');
  for (const line of table(results)) say(line);
  say(`\nWhole outputs and the kernels' logs: ${RESULTS}`);
  say(summary(results));
  process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
};

await main().catch((error: Error) => {
  process.stderr.write(`kernels: ${error.message}\n`);
  process.exitCode = 1;
});
