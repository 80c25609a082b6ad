#!/usr/bin/env node
// `subflowd`: its command line.

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
  .showHelpAfterError();

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
  process.exitCode = report(error);
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
