// Which path manager new connections of this network namespace get: a sysctl.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Manager } from '../model/manager.ts';

export const MPTCP_SYSCTLS = '/proc/sys/net/mptcp';

export interface PathManagerSysctl {
  readonly path: string;
  /** What selects each path manager. */
  readonly values: Readonly<Record<Manager, string>>;
}

/** Since 6.15 the path manager has a name; before, `pm_type` is a number. */
const SYSCTLS: readonly PathManagerSysctl[] = [
  {
    path: `${MPTCP_SYSCTLS}/path_manager`,
    values: { userspace: 'userspace', kernel: 'kernel' },
  },
  { path: `${MPTCP_SYSCTLS}/pm_type`, values: { userspace: '1', kernel: '0' } },
];

/** That of this kernel; undefined where it has only one path manager. */
export const findPathManagerSysctl = (): PathManagerSysctl | undefined =>
  SYSCTLS.find(({ path }) => existsSync(path));

export const readSysctl = (path: string): string => readFileSync(path, 'utf8').trim();

/** By its name; a number where this version knows no name for it. */
export const readPathManager = (): string | undefined => {
  const sysctl = findPathManagerSysctl();
  if (sysctl === undefined) return undefined;
  const value = readSysctl(sysctl.path);
  const { userspace, kernel } = sysctl.values;
  if (value === userspace) return 'userspace';
  return value === kernel ? 'kernel' : value;
};

/** Throws what the file system refuses. */
export const writePathManager = (manager: Manager): void => {
  const sysctl = findPathManagerSysctl();
  if (sysctl !== undefined) writeFileSync(sysctl.path, sysctl.values[manager]);
};
