// The verbs that ask the daemon, and the help for all.

import { Command, CommanderError } from 'commander';
import { ControlError } from '../control/index.ts';
import { version } from '../version.ts';
import { addCapabilities } from './capabilities.ts';
import { VERBS } from './raw/verbs.ts';
import { status } from './status.ts';

const ExitStatus = { failure: 1, usage: 2 } as const;

const program = new Command('subflowctl')
  .description(
    'Shows what subflowd decides in this network namespace, and why; or asks the kernel by hand.',
  )
  .version(version)
  .option('--runtime <directory>', 'where the daemon has its control socket')
  .option('--json', 'for programs')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(oneLine(text)) });

program
  .command('status')
  .description('the policy, the interfaces, and every connection with its subflows')
  .action((_, command: Command) => status(command.optsWithGlobals()));

addCapabilities(program);

/** The usage of every raw verb: they are loaded for help alone. */
async function rawHelp(): Promise<string> {
  const verbs = await Promise.all(Object.values(VERBS).map((load) => load()));
  const lines = verbs.flatMap(({ usage }) => usage.split('\n')).map((line) => `  ${line}`);
  return `
By hand, with or without a daemon:
${lines.join('\n')}

  --netns <which>   a network namespace: NAME, PATH or PID`;
}

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

/** Returns the exit status. */
export const runProgram = async (verb: string): Promise<number> => {
  if (verb !== 'status') program.addHelpText('after', await rawHelp());
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    return report(error);
  }
};
