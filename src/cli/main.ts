#!/usr/bin/env node
// `subflowctl`: raw verbs start at once, and load nothing that only the others need.

import { type VerbName, verbsFor } from './raw/verbs.ts';

const argv = process.argv.slice(2);

/** Verbs of the program that asks the daemon: no raw verb may be what these begin with. */
const OTHERS = ['status', 'capabilities', 'help'];

/** The words that are neither options nor the value of one. */
const [verb = '', object = ''] = argv.filter(
  (word, i) => !word.startsWith('-') && !/^--(netns|runtime)$/.test(argv[i - 1] ?? ''),
);

const rawVerbs = (word: string): VerbName[] =>
  OTHERS.some((other) => other.startsWith(word)) ? [] : verbsFor(word);

const run = async (): Promise<number> => {
  const isHelp = verb === 'help';
  const raw = rawVerbs(isHelp ? object : verb);
  const [name] = raw;
  if (name === undefined) return (await import('./program.ts')).runProgram(verb);
  if (raw.length === 1) {
    const { runRaw } = await import('./raw/main.ts');
    return runRaw(name, isHelp ? [name, 'help'] : argv);
  }
  process.stderr.write(`subflowctl: "${verb}" may be ${raw.join(' or ')}\n`);
  return 2;
};

// `subflowctl … | head` is no failure, and ends what would go on forever.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  process.exit(code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await run();
