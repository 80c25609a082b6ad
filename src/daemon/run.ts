// One life of the daemon: check, take over, work, give back.

import {
  AlreadyRunning,
  ControlError,
  ControlServer,
  type Handlers,
  makeRuntimeDirectory,
  socketPath,
} from '../control/index.ts';
import { remember } from '../engine/memory.ts';
import type { State } from '../engine/state.ts';
import { type Addon, loadAddon } from '../kernel/addon.ts';
import { NativeKernel } from '../kernel/native-kernel.ts';
import { intentOf, type ManagerChoice } from '../policy/index.ts';
import { version } from '../version.ts';
import { BelongingsFile } from './belongings-file.ts';
import { systemClock } from './clock.ts';
import { Controller } from './controller.ts';
import { ExitStatus, StartError } from './exit-status.ts';
import { type Level, Log, type LogFormat } from './log.ts';
import { logCapabilities } from './log-capabilities.ts';
import { LogReporter } from './log-reporter.ts';
import { MemoryFile } from './memory-file.ts';
import { PathManagerSwitch } from './path-manager-switch.ts';
import { PathsFile } from './paths-file.ts';
import { readPolicy } from './read-policy.ts';
import type { Reporter } from './reporter.ts';
import { statusOf } from './status.ts';

export interface RunOptions {
  readonly policies: readonly string[];
  readonly runtime?: string;
  /** Instead of what the policy says. */
  readonly manager?: ManagerChoice;
  /** Of each netlink socket, in bytes. */
  readonly receiveBuffer?: number;
  readonly log: LogFormat;
  readonly level: Level;
}

/** Resolves after a clean end. Throws a {@link StartError}, having changed nothing, where it cannot start. */
export const run = async (options: RunOptions): Promise<void> => {
  const policy = readPolicy(options.policies);
  const pathManager = new PathManagerSwitch(options.manager ?? policy.manager);
  const { manager } = pathManager;
  const addon = loadAddon();
  const kernel = openKernel(addon, options);
  const log = new Log(options.log, options.level);
  const reporter = new LogReporter(log);
  const controller = new Controller({
    kernel,
    clock: systemClock,
    intentOf: (interfaces) => intentOf(policy, interfaces),
    reporter,
    manager,
    keep: (ours) => belongings.keep(ours),
    keepPaths: (known) => paths.keep(known),
  });
  const since = new Date();
  const status = () =>
    statusOf({
      ...{ state: controller.state, policy, since },
      ...{ counters: reporter.counters, now: systemClock.now() },
    });
  const { directory, control } = await claim(options.runtime, { status });
  const memory = new MemoryFile(directory);
  const belongings = new BelongingsFile(directory);
  const paths = new PathsFile(directory);
  const signal = signalled();
  process.on('SIGHUP', () => controller.readAgain('SIGHUP'));
  try {
    await logCapabilities(log, addon);
    pathManager.take(directory);
    log.write(
      'info',
      `subflowd ${version} decides for new connections by the ${manager} path manager (was: ${pathManager.before})`,
    );
    await controller.start({
      connections: memory.take(),
      ours: belongings.read(),
      paths: paths.read(),
    });
    log.write('info', 'ready');
    log.write('info', `${await signal}: giving back`);
    keep(memory, controller.state, reporter);
    await controller.giveBack();
  } finally {
    controller.close();
    try {
      pathManager.restore();
    } finally {
      await control.close();
      log.flush();
    }
  }
};

/** Without it the next daemon knows less, which is no reason to end badly. */
const keep = (memory: MemoryFile, state: State, reporter: Reporter): void => {
  try {
    memory.keep(remember(state));
  } catch (error) {
    reporter.problem('nothing is left for the next start', error as Error);
  }
};

const openKernel = (addon: Addon, { receiveBuffer }: RunOptions): NativeKernel => {
  try {
    // Of all sockets the one that takes CAP_NET_ADMIN: tried before anything is changed.
    new addon.PathManagerEventSocket(() => {}).close();
    return new NativeKernel(addon, receiveBuffer === undefined ? {} : { receiveBuffer });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EPERM' || code === 'EACCES') {
      throw new StartError(
        ExitStatus.notPermitted,
        'not permitted: run as root, or with CAP_NET_ADMIN in this network namespace',
      );
    }
    if (code === 'ENOENT') throw new StartError(ExitStatus.noMptcp, message);
    throw error;
  }
};

/** Whoever answers at the control socket owns the network namespace. */
const claim = async (named: string | undefined, handlers: Handlers) => {
  try {
    const directory = makeRuntimeDirectory(named);
    const control = await ControlServer.listen({ path: socketPath(directory), handlers });
    return { directory, control };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof AlreadyRunning) {
      throw new StartError(ExitStatus.alreadyRunning, `${message}: stop that one first`);
    }
    const advice = error instanceof ControlError ? '' : ': choose another directory with --runtime';
    throw new StartError(ExitStatus.runtimeDirectory, `${message}${advice}`);
  }
};

/**
 * The first one; from the call on, those that follow cannot keep the daemon from giving back. Rejects with what nobody
 * caught: then, too, the namespace gets its path manager back.
 */
const signalled = (): Promise<NodeJS.Signals> =>
  new Promise((resolve, reject) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
    process.on('uncaughtException', reject);
  });
