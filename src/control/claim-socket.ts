// To listen at a path that only a live daemon may keep from us.

import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { AlreadyRunning, ControlError } from './errors.ts';

/** Whoever may write may ask: user and group. */
const UMASK = 0o117;

/** Throws {@link AlreadyRunning} where another daemon answers at the path; a file that it left behind is replaced. */
export const claimSocket = async (server: Server, path: string): Promise<void> => {
  try {
    await listen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await answers(path)) throw new AlreadyRunning(path);
    await removeStale(path);
    await listen(server, path);
  }
};

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

/**
 * Of two daemons that start at once and find the same stale file, one may have replaced it when the other comes to
 * remove it: so it is taken aside, and what was taken is tried again.
 */
const removeStale = async (path: string): Promise<void> => {
  const aside = `${path}.${process.pid}`;
  try {
    if (!lstatSync(path).isSocket()) {
      throw new ControlError('unusable-directory', `${path} is not a socket: it is not touched`);
    }
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const alive = await answers(aside);
  if (alive) linkSync(aside, path);
  unlinkSync(aside);
  if (alive) throw new AlreadyRunning(path);
};
