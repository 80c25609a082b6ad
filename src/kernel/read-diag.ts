// Every MPTCP connection and subflow of a namespace, without keeping the loop from its work meanwhile.

import { setImmediate } from 'node:timers/promises';
import type { MptcpSocket, Subflow } from '../model/subflow.ts';
import type { Addon, DiagSnapshot, SocketOptions } from './addon.ts';

/** Records that are made before the loop gets its turn: a few milliseconds' worth. */
export const SLICE = 512;

export const readDiag = async (
  addon: Pick<Addon, 'diagSnapshot'>,
  options?: SocketOptions,
): Promise<DiagSnapshot> => {
  const take = await addon.diagSnapshot(options);
  const sockets: MptcpSocket[] = [];
  const subflows: Subflow[] = [];
  for (;;) {
    const part = take(SLICE);
    if (part.sockets.length + part.subflows.length === 0) return { sockets, subflows };
    sockets.push(...part.sockets);
    subflows.push(...part.subflows);
    await setImmediate();
  }
};
