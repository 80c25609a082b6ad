// Folders that go with this process, however it ends (`kill -9` excepted).

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let root: string | undefined;

/** Runs `work` with a folder of its own. Its path is short: it takes sockets, whose paths have 107 characters. */
export const inScratch = async <T>(work: (directory: string) => Promise<T>): Promise<T> => {
  root ??= makeRoot();
  const directory = mkdtempSync(join(root, 'x'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const makeRoot = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'subflowd-kernels-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => process.exit(1));
  return made;
};
