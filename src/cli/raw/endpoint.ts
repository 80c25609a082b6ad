// `endpoint`: the addresses that the in-kernel path manager works with.

import { readAddress } from './address-words.ts';
import type { AddressWords, RawCommand, Request } from './command.ts';
import { UsageError } from './usage-error.ts';
import { expand, type Once, type Words } from './words.ts';

export const usage = `endpoint add ADDRESS [ dev NAME ] [ id N ] [ port N ] [ FLAG-LIST ]
endpoint delete id N [ ADDRESS ]                the address with id 0 alone
endpoint change [ id N ] [ ADDRESS ] [ port N ] CHANGE-LIST
endpoint [ show [ id N ] ]
endpoint flush
  FLAG-LIST := [ FLAG-LIST ] signal | subflow | laminar | backup | fullmesh | flags N
  CHANGE-LIST := [ CHANGE-LIST ] backup | nobackup | fullmesh | nofullmesh | flags N`;

const OPERATIONS = {
  add: 'add-addr',
  change: 'set-flags',
  delete: 'del-addr',
  show: 'get-addr',
  flush: 'flush-addrs',
  list: 'get-addr',
  lst: 'get-addr',
  ls: 'get-addr',
} as const satisfies Record<string, Request['operation']>;

const VERBS = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];

export const parse = (words: Words): RawCommand => {
  const word = words.next() ?? 'show';
  const verb = expand(word, VERBS);
  if (verb === undefined) throw new UsageError(`unknown word "${word}"`);
  const operation = OPERATIONS[verb];
  if (operation === 'flush-addrs') {
    words.end();
    return send('endpoint flush', { kind: 'request', operation });
  }
  if (operation === 'get-addr' && !words.left) return { do: 'list', title: 'endpoint show' };
  const { read, once } = readAddress(words);
  check(operation, read, once);
  const name = operation === 'get-addr' ? 'show' : verb;
  return send(`endpoint ${name}${objectOf(read)}`, { kind: 'request', operation, local: read });
};

const send = (title: string, request: Request): RawCommand => ({ do: 'send', title, request });

/** What the kernel would take for something else: the rest is for it to judge. */
const check = (operation: Request['operation'], read: AddressWords, once: Once): void => {
  if (operation === 'add-addr') once.need('ADDRESS');
  if (operation === 'set-flags' && read.flags === undefined) {
    throw new UsageError('CHANGE-LIST is missing');
  }
  if (operation !== 'del-addr') return;
  once.need('id');
  if (read.id === 0) once.need('ADDRESS');
  else if (once.has('ADDRESS')) throw new UsageError('ADDRESS goes with id 0 alone');
};

const objectOf = ({ address, id }: AddressWords): string =>
  address !== undefined ? ` ${address}` : id === undefined ? '' : ` id ${id}`;
