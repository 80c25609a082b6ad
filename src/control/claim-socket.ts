// To listen at a path that only a live daemon may keep from us.

import { type BigIntStats, lstatSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { AlreadyRunning, ControlError } from './errors.ts';

/** Whoever may write may ask: user and group. */
const UMASK = 0o117;

/** Throws {@link AlreadyRunning} where another daemon answers at the path; a file that it left behind is replaced. */
export const claimSocket = async (server: Server, path: string): Promise<void> => {
  for (;;) {
    try {
      return await listen(server, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
    const stats = look(path);
    if (stats !== undefined && !stats.isSocket()) {
      throw new ControlError(
        'unusable-directory',
        `${path} is not a socket: remove it, or choose another directory with --runtime`,
      );
    }
    if (await answers(path)) throw new AlreadyRunning(path);
    // Another daemon that found the same stale file may have replaced it meanwhile.
    if (isSame(stats, look(path))) unlinkSync(path);
  }
};

const look = (path: string) => lstatSync(path, { bigint: true, throwIfNoEntry: false });

/** File systems use the numbers of inodes again. */
const isSame = (a: BigIntStats | undefined, b: BigIntStats | undefined): boolean =>
  a !== undefined && a.ino === b?.ino && a.ctimeNs === b.ctimeNs;

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(UMASK);
    try {
      // bind(2) happens within this call, so that the file never has another mode.
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const end = (alive: boolean) => () => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', end(true));
    // A full backlog (EAGAIN) or another user's socket (EACCES) is no stale file.
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      end(code !== 'ECONNREFUSED' && code !== 'ENOENT')(),
    );
  });
