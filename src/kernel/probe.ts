// Looks at what this kernel has, by requests that change nothing and need no privilege.

import { readdirSync } from 'node:fs';
import type { Addon, FamilyDescription, SocketOptions } from './addon.ts';
import { type Capabilities, type Findings, interpret } from './capabilities.ts';
import { readDiag } from './read-diag.ts';

/** No connection has this token. */
const NO_TOKEN = 0;

/** The names are the same in every namespace, so that those of this process's own will do. */
const SYSCTLS = '/proc/sys/net/mptcp';

/**
 * What this kernel has. Rejects with what the addon rejects with where it cannot be asked: the namespace is not there
 * (ENOENT) or may not be entered (EPERM). A kernel without MPTCP is no error: it has nothing.
 */
export const probe = async (addon: Addon, options: SocketOptions = {}): Promise<Capabilities> => {
  const [family, diag] = await Promise.all([
    describeFamily(addon, options),
    lookAtDiag(addon, options),
  ]);
  const tokenDump = family && (await dumpNothing(addon, options));
  return interpret({ family, tokenDump, sysctls: readSysctls(), diag });
};

/** A namespace that is missing is ENOENT as well, but from open(2). */
const describeFamily = (
  addon: Addon,
  options: SocketOptions,
): Promise<FamilyDescription | undefined> =>
  addon.family(options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && error.syscall === 'sendmsg') return undefined;
    throw error;
  });

const dumpNothing = async (
  addon: Addon,
  options: SocketOptions,
): Promise<Findings['tokenDump']> => {
  const [reply] = await addon.query([{ kind: 'dump-addr', token: NO_TOKEN }], options);
  return reply;
};

const lookAtDiag = async (addon: Addon, options: SocketOptions): Promise<Findings['diag']> => {
  try {
    const { sockets, subflows } = await readDiag(addon, options);
    return { connections: sockets.length, subflows: subflows.length };
  } catch (error) {
    const { code = 'an error', syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'sendmsg' || syscall === 'recvmsg') return code;
    throw error;
  }
};

const readSysctls = (): string[] => {
  try {
    return readdirSync(SYSCTLS);
  } catch {
    return [];
  }
};
