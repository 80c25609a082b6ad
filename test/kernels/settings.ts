// What the environment wishes. CONTRIBUTING.md lists the names.

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { NEWEST } from './served.ts';

export interface Settings {
  readonly kernels: readonly string[];
  /** Undefined: all that the kernel can run. */
  readonly tests: readonly string[] | undefined;
  readonly cache: string;
  readonly jobs: number;
  readonly patience: number;
  readonly accelerator: string;
  /** For one test file in one kernel. */
  readonly limitMs: number;
  /** After which no further file is begun, and those that run are stopped. */
  readonly totalLimitMs: number;
}

const MINUTE = 60_000;

export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const words = (name: string) => env[name]?.split(/[\s,]+/).filter(Boolean);
  const number = (name: string, otherwise: number) => {
    const value = Number(env[name] || otherwise);
    if (value > 0) return value;
    throw new Error(`${name}=${env[name]}: a number above 0 is expected`);
  };
  return {
    kernels: words('KERNELS') ?? ['5.10', '6.1', '6.12', '6.18', NEWEST],
    tests: words('TESTS'),
    cache: resolve(env['KERNELS_CACHE'] || 'build/kernels'),
    jobs: number('JOBS', availableParallelism()),
    patience: number('PATIENCE', 20),
    accelerator: env['ACCELERATOR'] || 'tcg',
    limitMs: number('FILE_MINUTES', 45) * MINUTE,
    totalLimitMs: number('TOTAL_MINUTES', 240) * MINUTE,
  };
};
