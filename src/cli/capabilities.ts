// `subflowctl capabilities`: what this kernel has, and what is done where it lacks something. Needs no daemon.

import type { Command } from 'commander';
import { loadAddon } from '../kernel/addon.ts';
import type { Capabilities, Has } from '../kernel/capabilities.ts';
import { probe } from '../kernel/probe.ts';
import { type Paint, painterFor } from './paint.ts';
import { netnsPath } from './raw/options.ts';
import { formatTable, type Row, type Style } from './table.ts';

interface Options {
  readonly json?: boolean;
  readonly netns?: string;
}

export const addCapabilities = (program: Command): void => {
  program
    .command('capabilities')
    .description('what this kernel has, how that is known, and what is done without it')
    .option('--netns <which>', 'a network namespace: NAME, PATH or PID')
    .action(async (_, command: Command) => {
      process.stdout.write(await show(command.optsWithGlobals(), command));
    });
};

const show = async ({ json = false, netns }: Options, command: Command): Promise<string> => {
  const where = netns === undefined ? {} : { netns: netnsPath(netns) };
  const capabilities = await probe(loadAddon(), where).catch(({ message }: Error) =>
    command.error(netns === undefined ? message : `--netns ${netns}: ${message}`),
  );
  return json
    ? `${JSON.stringify(capabilities, null, 2)}\n`
    : formatCapabilities(capabilities, painterFor(process.stdout));
};

const STYLES: Readonly<Record<Has, Style>> = {
  yes: 'green',
  inferred: 'green',
  no: 'yellow',
  unknown: 'dim',
};

export const formatCapabilities = (capabilities: Capabilities, paint: Paint): string => {
  const rows = Object.entries(capabilities).map(
    ([name, { has, how, instead = '' }]): Row => [
      name,
      { text: has, style: STYLES[has] },
      how,
      instead,
    ],
  );
  return `${formatTable(['CAPABILITY', 'HAS', 'KNOWN FROM', 'WITHOUT IT'], rows, paint).join('\n')}\n`;
};
