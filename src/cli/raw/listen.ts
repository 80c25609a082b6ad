// `listen`: an MPTCP listener, without which nobody can join to an address that was announced with a port.

import type { RawCommand } from './command.ts';
import { UsageError } from './usage-error.ts';
import { isAddress, U16, type Words } from './words.ts';

export const usage = 'listen ADDRESS port N';

export const parse = (words: Words): RawCommand => {
  const address = words.take('ADDRESS');
  if (!isAddress(address)) throw new UsageError(`"${address}" is no IP address`);
  if (!words.skip('port')) {
    words.end();
    throw new UsageError('port is missing');
  }
  const port = words.number('port', U16);
  words.end();
  return { do: 'listen', at: { address, port } };
};
