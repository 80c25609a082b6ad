// Where the daemon of this network namespace has its control socket, and what it has to remember.

import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ControlError } from './errors.ts';
import { socketPath } from './socket-path.ts';

export interface Surroundings {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The inode of the network namespace. */
  readonly namespace: number;
  readonly run: string;
  readonly tmp: string;
}

export const surroundings = (): Surroundings => ({
  uid: process.geteuid?.() ?? 0,
  env: process.env,
  namespace: statSync('/proc/self/ns/net').ino,
  run: '/run',
  tmp: '/tmp',
});

/** For the daemon: the directory, made where it is missing. `named` is that of `--runtime`. */
export const makeRuntimeDirectory = (named?: string, here = surroundings()): string => {
  if (named !== undefined) return make(named);
  const { path, isPrivate } = ownParent(here);
  make(path, isPrivate ? 0o700 : 0o755);
  if (isPrivate) checkPrivate(path, here.uid);
  return make(join(path, String(here.namespace)));
};

/** For those who ask: the daemon that root started comes first, for users, too. */
export const findSocket = (named?: string, here = surroundings()): string => {
  if (named !== undefined) return socketPath(named);
  const system = socketPath(join(here.run, 'subflowd', String(here.namespace)));
  const { path, isPrivate } = ownParent(here);
  const own = socketPath(join(path, String(here.namespace)));
  if (exists(system) || !exists(own)) return system;
  if (isPrivate) checkPrivate(path, here.uid);
  return own;
};

interface Parent {
  readonly path: string;
  /** Others may write where it lies: it must be ours alone. */
  readonly isPrivate: boolean;
}

const ownParent = ({ uid, env, run, tmp }: Surroundings): Parent => {
  // systemd's RuntimeDirectory=, for a service that is not run as root.
  const given = env['RUNTIME_DIRECTORY'];
  if (given?.startsWith('/')) return { path: given, isPrivate: false };
  if (uid === 0) return { path: join(run, 'subflowd'), isPrivate: false };
  const user = env['XDG_RUNTIME_DIR'];
  // After `su` it may be that of somebody else.
  if (user?.startsWith('/') && ownerOf(user) === uid) {
    return { path: join(user, 'subflowd'), isPrivate: false };
  }
  return { path: join(tmp, `subflowd-${uid}`), isPrivate: true };
};

const make = (path: string, mode = 0o755): string => {
  try {
    makeWithParents(resolve(path), mode);
    return path;
  } catch (error) {
    throw unusable(path, `cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
};

/** Not mkdir's own `recursive`: in Node 20 that never returns where the kernel makes no directories, as in /proc. */
const makeWithParents = (path: string, mode: number): void => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeWithParents(parent, mode);
  mkdirSync(path, { mode });
};

/** Whoever could have made it first could have put a socket of their own into it. */
const checkPrivate = (path: string, uid: number): void => {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw unusable(path, 'is not a directory');
  if (stats.uid !== uid) throw unusable(path, 'belongs to somebody else');
  if ((stats.mode & 0o077) !== 0) throw unusable(path, 'is open to others');
};

const unusable = (path: string, what: string): ControlError =>
  new ControlError(
    'unusable-directory',
    `${path} ${what}: choose another directory with --runtime`,
  );

const ownerOf = (path: string): number | undefined => {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
};

/** What may not be looked at may be there. */
const exists = (path: string): boolean => {
  try {
    statSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
};
