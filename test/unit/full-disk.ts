// Run by the journal's test in a mount namespace of its own, where the directory is a file system of 64 KiB.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal, type JournalIdentity } from '../../src/daemon/journal.ts';

/** What it prints, as JSON. */
export interface FullDisk {
  readonly refused: readonly { readonly code: string | undefined; readonly found: unknown }[];
  readonly afterwards: unknown;
}

const HERE: JournalIdentity = { boot: 'a boot', namespace: 1 };
const directory = process.argv[2] ?? '';

const found = () => {
  const journal = new Journal(directory, HERE);
  const values = [...journal.found].map(([key, value]) => [
    key,
    typeof value === 'string' ? value.length : value,
  ]);
  return { values: Object.fromEntries(values), problem: journal.problem };
};

const refusal = (journal: Journal): string | undefined => {
  try {
    journal.write();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

const journal = new Journal(directory, HERE);
journal.stage('kept', 1);
journal.write();
writeFileSync(join(directory, 'filler'), Buffer.alloc(52 << 10));
const refused = [0, 1, 2].map((index) => {
  journal.stage(`large ${index}`, 'x'.repeat(20_000));
  return { code: refusal(journal), found: found() };
});
rmSync(join(directory, 'filler'));
journal.stage('large 1', undefined);
journal.stage('large 2', undefined);
journal.write();
console.log(JSON.stringify({ refused, afterwards: found() } satisfies FullDisk));
