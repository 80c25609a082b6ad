// Which path manager new connections of this namespace get: a sysctl, put back at exit.

import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExitStatus, StartError } from './exit-status.ts';

const DIRECTORY = '/proc/sys/net/mptcp';

interface Sysctl {
  readonly path: string;
  readonly userspace: string;
}

/** Since 6.15 the path manager has a name; before, `pm_type` is a number. */
const SYSCTLS: readonly Sysctl[] = [
  { path: `${DIRECTORY}/path_manager`, userspace: 'userspace' },
  { path: `${DIRECTORY}/pm_type`, userspace: '1' },
];

const read = (path: string): string => readFileSync(path, 'utf8').trim();

/** The sysctl of this kernel. Throws a {@link StartError} where MPTCP is absent, off or too old. */
const findSysctl = (): Sysctl => {
  if (!existsSync(DIRECTORY)) {
    throw new StartError(
      ExitStatus.noMptcp,
      'this kernel has no MPTCP (no /proc/sys/net/mptcp): boot one built with CONFIG_MPTCP, such as that of Debian 12 or newer',
    );
  }
  if (read(`${DIRECTORY}/enabled`) === '0') {
    throw new StartError(
      ExitStatus.noMptcp,
      'MPTCP is switched off in this network namespace: switch it on with "sysctl -w net.mptcp.enabled=1"',
    );
  }
  const sysctl = SYSCTLS.find(({ path }) => existsSync(path));
  if (sysctl === undefined) {
    throw new StartError(
      ExitStatus.oldKernel,
      'this kernel has no userspace path manager (net.mptcp.pm_type): Linux 5.19 or newer is needed',
    );
  }
  return sysctl;
};

export class PathManagerSwitch {
  readonly #sysctl: Sysctl;
  #before: string;
  /** A file with what was there: after a crash the sysctl itself does not tell it any more. */
  #note: string | undefined;

  /** Looks whether the switch can be made, and changes nothing. */
  constructor() {
    this.#sysctl = findSysctl();
    this.#before = read(this.#sysctl.path);
    // Opened rather than asked: access(2) leaves out the capabilities of a user that is not root.
    this.#write(({ path }) => closeSync(openSync(path, 'r+')));
  }

  /** The name and the value that `restore` puts back: `net.mptcp.path_manager=kernel`. */
  get before(): string {
    return `net.mptcp.${this.#sysctl.path.slice(DIRECTORY.length + 1)}=${this.#before}`;
  }

  /** From now on new connections are ours; those that exist keep the path manager that they have. */
  toUserspace(directory: string): void {
    this.#note = join(directory, 'path-manager');
    if (this.#before !== this.#sysctl.userspace) writeFileSync(this.#note, this.#before);
    else if (existsSync(this.#note)) this.#before = read(this.#note);
    this.#write(({ path, userspace }) => writeFileSync(path, userspace));
  }

  /** Puts back what was there, unless somebody has changed it meanwhile: then that stands. */
  restore(): void {
    if (read(this.#sysctl.path) === this.#sysctl.userspace) {
      this.#write(({ path }) => writeFileSync(path, this.#before));
    }
    if (this.#note !== undefined) rmSync(this.#note, { force: true });
  }

  /** Nothing is written where nothing would change: a container may have it so, and /proc/sys read-only. */
  #write(write: (sysctl: Sysctl) => void): void {
    if (this.#before === this.#sysctl.userspace) return;
    try {
      write(this.#sysctl);
    } catch (error) {
      throw new StartError(
        ExitStatus.notPermitted,
        `${this.#sysctl.path} cannot be written (${(error as NodeJS.ErrnoException).code}): run as root, with a writable /proc/sys`,
      );
    }
  }
}
