// `remove`: sends RM_ADDR (RFC 8684 §3.4.2) on one connection.

import type { RawCommand } from './command.ts';
import { readTokenAndId, titleOn } from './token-words.ts';
import { UsageError } from './usage-error.ts';
import type { Words } from './words.ts';

export const usage = 'remove token T id N';

export const parse = (words: Words): RawCommand => {
  const { token, id } = readTokenAndId(words);
  if (id === undefined) throw new UsageError('id is missing');
  const request = { kind: 'request', operation: 'remove', token, localId: id } as const;
  return { do: 'send', title: titleOn('remove', token), request };
};
