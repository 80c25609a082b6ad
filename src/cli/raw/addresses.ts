// `addresses`: the local addresses of one connection, by their ids.

import type { RawCommand } from './command.ts';
import { readTokenAndId, titleOn } from './token-words.ts';
import type { Words } from './words.ts';

export const usage = 'addresses token T [ id N ]';

export const parse = (words: Words): RawCommand => {
  const { token, id } = readTokenAndId(words);
  const title = titleOn('addresses', token);
  if (id === undefined) return { do: 'list', title, token };
  const request = { kind: 'request', operation: 'get-addr', token, local: { id } } as const;
  return { do: 'send', title, request };
};
