// `addresses`: the local addresses of one connection, by their ids.

import type { RawCommand } from './command.ts';
import { TokenReader, titleOn } from './token-words.ts';
import { Once, U8, type Words } from './words.ts';

export const usage = 'addresses token T [ id N ]';

export const parse = (words: Words): RawCommand => {
  const once = new Once();
  const tokens = new TokenReader(once);
  let id: number | undefined;
  for (;;) {
    if (words.skip('id')) {
      once.say('id');
      id = words.number('id', U8);
    } else if (!tokens.accept(words)) break;
  }
  words.end();
  const { token } = tokens;
  const title = titleOn('addresses', token);
  if (id === undefined) return { do: 'list', title, token };
  const request = { kind: 'request', operation: 'get-addr', token, local: { id } } as const;
  return { do: 'send', title, request };
};
