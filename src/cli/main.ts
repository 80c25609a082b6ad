#!/usr/bin/env node
// `subflowctl`: its command line.

import { Command, CommanderError } from 'commander';
import { ControlError } from '../control/index.ts';
import { version } from '../version.ts';
import { addCapabilities } from './capabilities.ts';
import { status } from './status.ts';

const ExitStatus = { failure: 1, usage: 2 } as const;

const program = new Command('subflowctl')
  .description('Shows what subflowd decides in this network namespace, and why.')
  .version(version)
  .option('--runtime <directory>', 'where the daemon has its control socket')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(oneLine(text)) });

program
  .command('status')
  .description('the policy, the interfaces, and every connection with its subflows')
  .option('--json', 'for programs')
  .action((_, command: Command) => status(command.optsWithGlobals()));

addCapabilities(program);

/** `subflowctl: unknown command 'statsu' (Did you mean status?)` */
function oneLine(text: string): string {
  return `subflowctl: ${text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')}\n`;
}

/** Says what went wrong and gives the exit status for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : ExitStatus.usage;
  }
  process.stderr.write(oneLine((error as Error).message));
  if (!(error instanceof ControlError)) console.error(error);
  return ExitStatus.failure;
}

// `subflowctl status | head` is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  process.exitCode = code === 'EPIPE' ? 0 : ExitStatus.failure;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
