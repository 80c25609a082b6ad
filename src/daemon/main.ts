#!/usr/bin/env -S node --optimize-for-size --heap-growing-percent=20 --max-semi-space-size=2
// `subflowd`: its command line.
//
// V8 collects early: what a burst of events leaves behind would otherwise pile up to several times the size of what
// is known of the connections, and stay.

import './tuning.ts';
import { Command, CommanderError, Option } from 'commander';
import { version } from '../version.ts';
import { ExitStatus, StartError } from './exit-status.ts';
import type { LogFormat } from './log.ts';
import { type RunOptions, run } from './run.ts';

const collect = (path: string, paths: string[]): string[] => [...paths, path];

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
