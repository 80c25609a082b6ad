// Holds an MPTCP listener until the process is ended. Joins need nobody who accepts: the kernel hands them to their
// connections.

import type { Addon, SocketOptions } from '../../kernel/addon.ts';
import { formatSocketAddress, type SocketAddress } from '../../model/address.ts';
import { RefusedError } from './send.ts';

const BACKLOG = 128;
const FOREVER_MS = 2 ** 31 - 1;

export const hold = (addon: Addon, at: SocketAddress, options: SocketOptions): void => {
  const family = at.address.includes(':') ? 'ipv6' : 'ipv4';
  const place = formatSocketAddress(at);
  try {
    addon.openMptcpSocket({ family, bind: at, listen: BACKLOG, ...options });
  } catch (error) {
    throw new RefusedError(`listen ${place}: ${(error as Error).message}`);
  }
  process.stdout.write(`listening on ${place}\n`);
  setInterval(() => {}, FOREVER_MS);
};
