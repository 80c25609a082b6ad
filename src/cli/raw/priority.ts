// `priority`: sends MP_PRIO (RFC 8684 §3.3.8) on one subflow.

import type { RawCommand } from './command.ts';
import { readPair } from './pair.ts';
import { titleOn } from './token-words.ts';
import { UsageError } from './usage-error.ts';
import type { Words } from './words.ts';

export const usage =
  'priority token T from ADDRESS [ port N ] to ADDRESS [ port N ] backup | nobackup | flags N';

export const parse = (words: Words): RawCommand => {
  const { token, local, remote } = readPair(words);
  if (local.flags === undefined) throw new UsageError('backup or nobackup is missing');
  const request = { kind: 'request', operation: 'set-flags', token, local, remote } as const;
  return { do: 'send', title: titleOn('priority', token), request };
};
