// `remove`: sends RM_ADDR (RFC 8684 §3.4.2) on one connection.

import type { RawCommand } from './command.ts';
import { TokenReader, titleOn } from './token-words.ts';
import { Once, U8, type Words } from './words.ts';

export const usage = 'remove token T id N';

export const parse = (words: Words): RawCommand => {
  const once = new Once();
  const tokens = new TokenReader(once);
  let localId = 0;
  for (;;) {
    if (words.skip('id')) {
      once.say('id');
      localId = words.number('id', U8);
    } else if (!tokens.accept(words)) break;
  }
  words.end();
  const { token } = tokens;
  once.need('id');
  const request = { kind: 'request', operation: 'remove', token, localId } as const;
  return { do: 'send', title: titleOn('remove', token), request };
};
