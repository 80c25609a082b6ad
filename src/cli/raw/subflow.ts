// `subflow`: opens one by MP_JOIN (RFC 8684 §3.2), or closes one.

import type { RawCommand } from './command.ts';
import { readPair } from './pair.ts';
import { titleOn } from './token-words.ts';
import { UsageError } from './usage-error.ts';
import { expand, type Words } from './words.ts';

export const usage = `subflow create token T from ADDRESS [ id N ] [ port N ] [ dev NAME ] [ backup | flags N ] to ADDRESS port N
subflow destroy token T from ADDRESS port N to ADDRESS port N`;

const VERBS = ['create', 'destroy', 'delete'] as const;

export const parse = (words: Words): RawCommand => {
  const word = words.take('create or destroy');
  const verb = expand(word, VERBS);
  if (verb === undefined) throw new UsageError(`unknown word "${word}"`);
  const name = verb === 'create' ? 'create' : 'destroy';
  const { token, local, remote } = readPair(words);
  if (name === 'destroy' && local.port === undefined) {
    throw new UsageError('port after "from" is missing');
  }
  if (remote.port === undefined) throw new UsageError('port after "to" is missing');
  const operation = `subflow-${name}` as const;
  const request = { kind: 'request', operation, token, local, remote } as const;
  return { do: 'send', title: titleOn(`subflow ${name}`, token), request };
};
