// The raw verbs: words → command → kernel → text. They work with and without a daemon.

import { loadAddon } from '../../kernel/addon.ts';
import type { RawCommand } from './command.ts';
import { hold } from './hold.ts';
import { type RawOptions, readOptions } from './options.ts';
import { print } from './print.ts';
import { RefusedError, send } from './send.ts';
import { UsageError } from './usage-error.ts';
import { VERBS, type VerbName } from './verbs.ts';
import { watch } from './watch.ts';
import { Words } from './words.ts';

const ExitStatus = { success: 0, failure: 1, usage: 2 } as const;

/** Runs the line of that verb; returns the exit status, for what goes on the one that it will have. */
export const runRaw = async (name: VerbName, argv: readonly string[]): Promise<number> => {
  const { usage, parse } = await VERBS[name]();
  try {
    const { options, words } = readOptions(argv);
    const [, ...rest] = words;
    if (options.help || rest[0] === 'help') {
      process.stdout.write(usageText(usage));
      return ExitStatus.success;
    }
    await perform(parse(new Words(rest)), options);
    return ExitStatus.success;
  } catch (error) {
    return report(name, error as Error, usage);
  }
};

const perform = async (command: RawCommand, { json, netns }: RawOptions): Promise<void> => {
  const addon = loadAddon();
  const options = netns === undefined ? {} : { netns };
  switch (command.do) {
    case 'monitor':
      endQuietly();
      return watch(addon, json, options);
    case 'listen':
      endQuietly();
      return hold(addon, command.at, options);
    default: {
      const reply = await send(addon, command, options);
      const asks = command.do === 'list' || command.request.operation.startsWith('get-');
      if (asks) await print(addon, reply, json, options);
    }
  }
};

/** To be ended is how these end. */
const endQuietly = (): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
};

const report = (name: VerbName, error: Error, usage: string): number => {
  if (error instanceof UsageError) {
    process.stderr.write(`subflowctl: ${error.message}\n${usageText(usage)}`);
    return ExitStatus.usage;
  }
  const where = error instanceof RefusedError ? '' : `${name}: `;
  process.stderr.write(`subflowctl: ${where}${error.message}\n`);
  // Whatever the addon throws has a code, and says it all in its message.
  if (where && !('code' in error)) console.error(error);
  return ExitStatus.failure;
};

const usageText = (usage: string): string =>
  `${usage
    .split('\n')
    .map(
      (line, i) =>
        `${i === 0 ? 'Usage: ' : '       '}${line.startsWith(' ') ? '' : 'subflowctl '}${line}`,
    )
    .join('\n')}\n`;
