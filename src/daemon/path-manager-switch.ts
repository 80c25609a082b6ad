// Which path manager new connections of this namespace get: a sysctl, put back at exit.

import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import {
  findPathManagerSysctl,
  MPTCP_SYSCTLS,
  type PathManagerSysctl,
  readSysctl,
} from '../kernel/path-manager-sysctl.ts';
import type { Manager } from '../model/manager.ts';
import type { ManagerChoice } from '../policy/index.ts';
import { ExitStatus, StartError } from './exit-status.ts';

/** The sysctl of this kernel, if it has more than one path manager. Throws where MPTCP is absent or off. */
const findSysctl = (): PathManagerSysctl | undefined => {
  if (!existsSync(MPTCP_SYSCTLS)) {
    throw new StartError(
      ExitStatus.noMptcp,
      'this kernel has no MPTCP (no /proc/sys/net/mptcp): boot one built with CONFIG_MPTCP, such as that of Debian 12 or newer',
    );
  }
  if (readSysctl(`${MPTCP_SYSCTLS}/enabled`) === '0') {
    throw new StartError(
      ExitStatus.noMptcp,
      'MPTCP is switched off in this network namespace: switch it on with "sysctl -w net.mptcp.enabled=1"',
    );
  }
  return findPathManagerSysctl();
};

export class PathManagerSwitch {
  /** What new connections get from now on. */
  readonly manager: Manager;
  readonly #sysctl: PathManagerSysctl | undefined;
  readonly #target: string;
  /** What `restore` puts back: what is there now, unless somebody knows what was there before that. */
  before: string;

  /** Looks whether the switch can be made, and changes nothing. Throws a {@link StartError}. */
  constructor(choice: ManagerChoice) {
    this.#sysctl = findSysctl();
    if (this.#sysctl === undefined && choice === 'userspace') throw oldKernel();
    this.manager = choice === 'auto' ? (this.#sysctl ? 'userspace' : 'kernel') : choice;
    this.#target = this.#sysctl?.values[this.manager] ?? '';
    this.before = this.#current();
    // Opened rather than asked: access(2) leaves out the capabilities of a user that is not root.
    this.#write(this.#target, (path) => closeSync(openSync(path, 'r+')));
  }

  /** The name of the sysctl and the value that `restore` puts back: `net.mptcp.path_manager=kernel`. */
  get setting(): string {
    if (this.#sysctl === undefined) return 'the only path manager of this kernel';
    return `net.mptcp.${this.#sysctl.path.slice(MPTCP_SYSCTLS.length + 1)}=${this.before}`;
  }

  /** From now on new connections get it; those that exist keep the path manager that they have. */
  take(): void {
    this.#write(this.#target);
  }

  /** Puts back what was there, unless somebody has changed it meanwhile: then that stands. */
  restore(): void {
    if (this.#current() === this.#target) this.#write(this.before);
  }

  #current(): string {
    return this.#sysctl === undefined ? '' : readSysctl(this.#sysctl.path);
  }

  /** Nothing is written where nothing would change: a container may have it so, and /proc/sys read-only. */
  #write(value: string, write = (path: string) => writeFileSync(path, value)): void {
    if (this.#sysctl === undefined || this.#current() === value) return;
    try {
      write(this.#sysctl.path);
    } catch (error) {
      throw new StartError(
        ExitStatus.notPermitted,
        `${this.#sysctl.path} cannot be written (${(error as NodeJS.ErrnoException).code}): run as root, with a writable /proc/sys`,
      );
    }
  }
}

export const oldKernel = (): StartError =>
  new StartError(
    ExitStatus.oldKernel,
    'this kernel has no userspace path manager (net.mptcp.pm_type): Linux 5.19 or newer is needed',
  );
