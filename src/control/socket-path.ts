// The name of the control socket within a runtime directory.

import { join } from 'node:path';
import { ControlError } from './errors.ts';

/** sockaddr_un.sun_path without its NUL. A longer name would be cut short silently, to that of another file. */
const MAX_PATH_BYTES = 107;

export const socketPath = (directory: string): string => {
  const path = join(directory, 'control.sock');
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path;
  throw new ControlError(
    'unusable-directory',
    `${path} is too long for the name of a socket: choose a shorter directory with --runtime`,
  );
};
