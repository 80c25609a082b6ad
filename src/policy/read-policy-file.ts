// One policy file from the disk. Whatever lies there instead of it costs an error, never the daemon's time.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Some 600 documents. The YAML parser takes up to 6 s and 1 GB for a hostile MiB. */
export const MAX_BYTES = 64 << 10;

/** Throws an Error that says what is wrong with the file. */
export const readPolicyFile = (path: string): string => {
  // A FIFO without a writer blocks open(2) for ever, unless it is asked not to.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw new Error('a directory: expected a policy file');
    if (!stats.isFile()) throw new Error('not a regular file');
    return decode(readAll(fd));
  } finally {
    closeSync(fd);
  }
};

/** The size that fstat(2) tells is not to be relied on: files grow, and those in /proc have none. */
const readAll = (fd: number): Uint8Array => {
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, null);
    if (read === 0) return bytes.subarray(0, length);
    length += read;
  }
  throw new Error(`larger than ${MAX_BYTES >> 10} KiB, which no policy needs`);
};

const decode = (bytes: Uint8Array): string => {
  if (bytes.includes(0)) throw new Error('not a text file: it has a NUL byte in it');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('not encoded in UTF-8');
  }
};
