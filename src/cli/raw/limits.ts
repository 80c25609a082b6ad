// `limits`: how far the in-kernel path manager may go.

import type { RawCommand } from './command.ts';
import { UsageError } from './usage-error.ts';
import { expand, Once, U32, type Words } from './words.ts';

export const usage = `limits [ show ]
limits set [ subflows N ] [ add_addr_accepted N ]`;

const VERBS = ['set', 'show', 'list', 'lst', 'ls'] as const;
const KEYS = ['subflows', 'add_addr_accepted'] as const;

export const parse = (words: Words): RawCommand => {
  const word = words.next() ?? 'show';
  const verb = expand(word, VERBS);
  if (verb === undefined) throw new UsageError(`unknown word "${word}"`);
  if (verb === 'set') return parseSet(words);
  words.end();
  const request = { kind: 'request', operation: 'get-limits' } as const;
  return { do: 'send', title: 'limits show', request };
};

const parseSet = (words: Words): RawCommand => {
  const once = new Once();
  const values: { subflows?: number; addAddrAccepted?: number } = {};
  for (let word = words.next(); word !== undefined; word = words.next()) {
    const key = expand(word, KEYS);
    if (key === undefined) throw new UsageError(`unknown word "${word}"`);
    once.say(key);
    const value = words.number(key, U32);
    if (key === 'subflows') values.subflows = value;
    else values.addAddrAccepted = value;
  }
  const request = { kind: 'request', operation: 'set-limits', ...values } as const;
  return { do: 'send', title: 'limits set', request };
};
