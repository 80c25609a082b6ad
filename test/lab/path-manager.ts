// Which path manager a host's new connections get.

import { existsSync } from 'node:fs';
import { sysctlPath } from './script.ts';

export type PathManager = 'kernel' | 'userspace';

const BY_NAME = 'net.mptcp.path_manager';

/** The sysctl and its value: since Linux 6.15 a path manager has a name, before it has a number. */
export const pathManagerSysctl = (manager: PathManager): [name: string, value: string] =>
  existsSync(sysctlPath(BY_NAME))
    ? [BY_NAME, manager]
    : ['net.mptcp.pm_type', manager === 'userspace' ? '1' : '0'];
