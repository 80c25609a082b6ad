#!/usr/bin/env -S node --optimize-for-size --heap-growing-percent=20 --max-semi-space-size=2
// `subflowd`: its command line.
//
// V8 collects early: what a burst of events leaves behind would otherwise pile up to several times the size of what
// is known of the connections, and stay.

import './tuning.ts';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../version.ts';
import { ExitStatus, StartError } from './exit-status.ts';
import type { LogFormat } from './log.ts';
import { type RunOptions, run } from './run.ts';

const collect = (path: string, paths: string[]): string[] => [...paths, path];

/** What SO_RCVBUF takes is an int. */
const MOST_BYTES = 2 ** 31 - 1;

const bytes = (text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= MOST_BYTES) return value;
  throw new InvalidArgumentError(`Expected a whole number of bytes, from 1 to ${MOST_BYTES}.`);
};

const program = new Command('subflowd')
  .description('Decides which paths every Multipath TCP connection of this network namespace uses.')
  .version(version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(usage(text)) });

program
  .command('run')
  .description('take over the path management and keep it right until SIGTERM or SIGINT')
  .option(
    '--policies <path>',
    'policy file or directory, instead of /etc/subflowd/policies; may be repeated',
    collect,
    [],
  )
  .option('--runtime <directory>', 'where the control socket lives')
  .addOption(
    new Option(
      '--manager <manager>',
      'path manager of the kernel, instead of what the policy says',
    ).choices(['auto', 'userspace', 'kernel']),
  )
  .option(
    '--receive-buffer <bytes>',
    'what each netlink socket asks of the kernel; events that do not fit are lost, and all is read again',
    bytes,
  )
  .addOption(
    new Option('--log <format>', 'format of the log').choices(['text', 'json']).default('text'),
  )
  .addOption(
    new Option('--level <level>', 'least important lines that are logged')
      .choices(['debug', 'info', 'warn', 'error'])
      .default('info'),
  )
  .action((options: RunOptions & { readonly log: LogFormat }) => run(options));

try {
  await program.parseAsync();
} catch (error) {
  // At once: whatever was opened for the work would keep the process alive.
  process.exit(report(error));
}

/** `subflowd: unknown command 'runn' (Did you mean run?): see "subflowd run --help"` */
function usage(text: string): string {
  const problem = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
  return `subflowd: ${problem}: see "subflowd run --help"\n`;
}

/** Says what went wrong and gives the exit status for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ExitStatus.usage;
  if (error instanceof StartError) {
    console.error(`subflowd: ${error.message}`);
    return error.status;
  }
  console.error(error);
  return ExitStatus.failure;
}
