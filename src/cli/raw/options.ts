// `--json`, `--netns`, `--help`, `--runtime`: wherever they stand in the line.

import { UsageError } from './usage-error.ts';

export interface RawOptions {
  readonly json: boolean;
  /** Path of the namespace; without one it is the one that we are in. */
  readonly netns?: string;
  readonly help: boolean;
}

/** Parts the line: what is an option, and the words that are left. */
export const readOptions = (
  argv: readonly string[],
): { readonly options: RawOptions; readonly words: readonly string[] } => {
  const words: string[] = [];
  let options: RawOptions = { json: false, help: false };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--json') options = { ...options, json: true };
    else if (word === '--help' || word === '-h') options = { ...options, help: true };
    else if (word === '--netns') options = withNetns(options, argv[++i]);
    else if (word.startsWith('--netns=')) options = withNetns(options, word.slice(8));
    // Where to ask the daemon, which these verbs do not.
    else if (word === '--runtime') i++;
    else if (word.startsWith('--runtime=')) continue;
    else if (word.startsWith('-')) throw new UsageError(`unknown option "${word}"`);
    else words.push(word);
  }
  return { options, words };
};

const withNetns = (options: RawOptions, name: string | undefined): RawOptions => {
  if (!name) throw new UsageError('NAME, PATH or PID after "--netns" is missing');
  if (options.netns !== undefined) throw new UsageError('"--netns" stands there twice');
  return { ...options, netns: netnsPath(name) };
};

export const netnsPath = (name: string): string => {
  if (name.includes('/')) return name;
  return /^\d+$/.test(name) ? `/proc/${name}/ns/net` : `/run/netns/${name}`;
};
