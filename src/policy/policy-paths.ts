// Which files make up the policy, in which order.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from './problem.ts';

/** A file hides those of the same name in the directories after its own. */
export const DEFAULT_DIRECTORIES: readonly string[] = [
  '/etc/subflowd/policies',
  '/usr/lib/subflowd/policies',
];

export interface Found {
  readonly paths: string[];
  readonly problems: Problem[];
}

/** Every path must be there: a file, or a directory whose `*.yaml` are meant. */
export const pathsNamed = (named: readonly string[]): Found => {
  const found: Found = { paths: [], problems: [] };
  for (const path of named) {
    attempt(path, found, () => {
      if (!statSync(path).isDirectory()) found.paths.push(path);
      else found.paths.push(...policiesIn(path).map((name) => join(path, name)));
    });
  }
  return found;
};

/** As systemd has it for units: what the administrator wrote hides what a package brought. */
export const pathsByDefault = (directories: readonly string[]): Found => {
  const found: Found = { paths: [], problems: [] };
  const byName = new Map<string, string>();
  for (const directory of directories) {
    attempt(directory, found, () => {
      if (statSync(directory, { throwIfNoEntry: false }) === undefined) return;
      for (const name of policiesIn(directory)) {
        if (!byName.has(name)) byName.set(name, join(directory, name));
      }
    });
  }
  const names = [...byName.keys()].sort();
  found.paths.push(...names.flatMap((name) => byName.get(name) ?? []));
  return found;
};

/** Hidden files are those of editors. */
const policiesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.yaml') && !name.startsWith('.'))
    .sort();

const attempt = (file: string, { problems }: Found, look: () => void): void => {
  try {
    look();
  } catch (error) {
    problems.push({ file, message: messageOf(error) });
  }
};

/** What the system said, in the words of strerror(3) where they are known to matter. */
export const messageOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'no such file or directory';
    case 'EACCES':
      return 'permission denied';
    case 'ELOOP':
      return 'too many links, one after the other';
    default:
      return message;
  }
};
