// One life of the daemon: check, take over, work, give back.

import { readFileSync, statSync } from 'node:fs';
import {
  AlreadyRunning,
  ControlError,
  ControlServer,
  type Handlers,
  makeRuntimeDirectory,
  socketPath,
} from '../control/index.ts';
import { type Addon, loadAddon } from '../kernel/addon.ts';
import { NativeKernel } from '../kernel/native-kernel.ts';
import { intentOf, type ManagerChoice } from '../policy/index.ts';
import { version } from '../version.ts';
import { systemClock } from './clock.ts';
import { Controller } from './controller.ts';
import { ExitStatus, StartError } from './exit-status.ts';
import { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { type Level, Log, type LogFormat } from './log.ts';
import { logCapabilities } from './log-capabilities.ts';
import { LogReporter } from './log-reporter.ts';
import { PathManagerSwitch } from './path-manager-switch.ts';
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
  const directory = runtimeDirectory(options.runtime);
  const ledger = openLedger(directory);
  const log = new Log(options.log, options.level);
  const reporter = new LogReporter(log);
  const controller = new Controller({
    kernel,
    clock: systemClock,
    intentOf: (interfaces) => intentOf(policy, interfaces),
    reporter,
    manager,
    keeper: ledger,
    random: Math.random,
  });
  const since = new Date();
  const status = () =>
    statusOf({
      ...{ state: controller.state, policy, since },
      ...{ counters: reporter.counters, now: systemClock.now() },
    });
  const control = await claim(directory, { status });
  const signal = signalled();
  process.on('SIGHUP', () => controller.readAgain('SIGHUP'));
  try {
    await logCapabilities(log, addon);
    if (ledger.problem !== undefined)
      log.write('warn', `nothing is known from before: ${ledger.problem}`);
    takeOver(pathManager, ledger, reporter);
    log.write(
      'info',
      `subflowd ${version} decides for new connections by the ${manager} path manager (was: ${pathManager.setting})`,
    );
    await controller.start(ledger.heritage);
    log.write('info', 'ready');
    log.write('info', `${await signal}: giving back`);
    await controller.giveBack();
  } finally {
    controller.close();
    try {
      giveBack(pathManager, ledger, reporter);
    } finally {
      await control.close();
      log.flush();
    }
  }
};

const openLedger = (directory: string): Ledger => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const namespace = statSync('/proc/self/ns/net').ino;
  return new Ledger(new Journal(directory, { boot, namespace }));
};

/** What was there before is written down first: after a crash the sysctl itself does not tell it any more. */
const takeOver = (pathManager: PathManagerSwitch, ledger: Ledger, reporter: Reporter): void => {
  pathManager.before = ledger.pathManagerBefore ?? pathManager.before;
  try {
    ledger.keepPathManager(pathManager.before);
  } catch (error) {
    reporter.problem('after a crash nobody would know what to restore', error as Error);
  }
  pathManager.take();
};

const giveBack = (pathManager: PathManagerSwitch, ledger: Ledger, reporter: Reporter): void => {
  pathManager.restore();
  try {
    ledger.keepPathManager(undefined);
  } catch (error) {
    reporter.problem('the next start will take its path manager for ours', error as Error);
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

const runtimeDirectory = (named: string | undefined): string => {
  try {
    return makeRuntimeDirectory(named);
  } catch (error) {
    throw unusable(error as Error);
  }
};

/** Whoever answers at the control socket owns the network namespace. */
const claim = async (directory: string, handlers: Handlers): Promise<ControlServer> => {
  try {
    return await ControlServer.listen({ path: socketPath(directory), handlers });
  } catch (error) {
    throw unusable(error as Error);
  }
};

const unusable = (error: Error): StartError => {
  const { message } = error;
  if (error instanceof AlreadyRunning) {
    return new StartError(ExitStatus.alreadyRunning, `${message}: stop that one first`);
  }
  const advice = error instanceof ControlError ? '' : ': choose another directory with --runtime';
  return new StartError(ExitStatus.runtimeDirectory, `${message}${advice}`);
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
