// Directories for sockets: those of tap have names that are too long for them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

export const shortDirectory = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'subflowd-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};
