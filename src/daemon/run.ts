// One life of the daemon: check, take over, work, give back.

import { type Addon, loadAddon } from '../kernel/addon.ts';
import { NativeKernel } from '../kernel/native-kernel.ts';
import { intentOf } from '../policy/index.ts';
import { version } from '../version.ts';
import { systemClock } from './clock.ts';
import { Controller } from './controller.ts';
import { ExitStatus, StartError } from './exit-status.ts';
import { type Level, Log, type LogFormat } from './log.ts';
import { LogReporter } from './log-reporter.ts';
import { PathManagerSwitch } from './path-manager-switch.ts';
import { readPolicy } from './read-policy.ts';

export interface RunOptions {
  readonly policies: readonly string[];
  readonly runtime?: string;
  readonly log: LogFormat;
  readonly level: Level;
}

/** Resolves after a clean end. Throws a {@link StartError}, having changed nothing, where it cannot start. */
export const run = async (options: RunOptions): Promise<void> => {
  const policy = readPolicy(options.policies);
  const pathManager = new PathManagerSwitch();
  const kernel = openKernel(loadAddon());
  const log = new Log(options.log, options.level);
  const reporter = new LogReporter(log);
  const controller = new Controller({
    kernel,
    clock: systemClock,
    intentOf: (interfaces) => intentOf(policy, interfaces),
    reporter,
  });
  pathManager.toUserspace();
  log.write('info', `subflowd ${version} decides for new connections (was: ${pathManager.before})`);
  try {
    await controller.start();
    log.write('info', 'ready');
    log.write('info', `${await signalled()}: giving back`);
  } finally {
    controller.close();
    pathManager.restore();
    log.flush();
  }
};

const openKernel = (addon: Addon): NativeKernel => {
  try {
    return new NativeKernel(addon);
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

const signalled = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
