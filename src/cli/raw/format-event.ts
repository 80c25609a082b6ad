// Events as `ip mptcp monitor` prints them, but for what it leaves out.

import type { EventRecord } from './event-attributes.ts';
import { type Links, nameOf } from './links.ts';

const NAMES: Readonly<Record<string, string>> = {
  'sub-established': 'SF_ESTABLISHED',
  'sub-closed': 'SF_CLOSED',
  'sub-priority': 'SF_PRIO',
};

/** The order in which they are printed, and what stands before each. */
const WORDS: readonly (readonly [attribute: string, word: string])[] = [
  ['token', 'token'],
  ['rem-id', 'remid'],
  ['loc-id', 'locid'],
  ['saddr4', 'saddr4'],
  ['daddr4', 'daddr4'],
  ['saddr6', 'saddr6'],
  ['daddr6', 'daddr6'],
  ['sport', 'sport'],
  ['dport', 'dport'],
  ['backup', 'backup'],
  ['error', 'error'],
  ['timeout', 'timeout'],
  ['if-idx', 'ifindex'],
  ['reset-reason', 'reset_reason'],
];

/** Printed in another form; `family` never says more than the addresses do. */
const HANDLED = ['event', 'family', 'reset-flags', 'flags', 'server-side'];

const DENY_JOIN_ID0 = 1;
const SERVER_SIDE = 2;

export const formatEvent = (record: EventRecord, links: Links): string => {
  const words = [titleOf(record.event)];
  for (const [attribute, word] of WORDS) {
    const value = record[attribute];
    if (value === undefined) continue;
    words.push(`${word}=${value}`);
    if (attribute === 'if-idx' && value !== 0) words.push(`dev=${nameOf(links, Number(value))}`);
  }
  return [...words, ...flagWords(record), ...unknownWords(record)].join(' ');
};

const titleOf = (event: string): string => {
  const [, number] = /^event-(\d+)$/.exec(event) ?? [];
  if (number !== undefined) return `[UNKNOWN ${number}]`;
  return `[${(NAMES[event] ?? event.replace('-', '_').toUpperCase()).padStart(16)}]`;
};

const flagWords = (record: EventRecord): string[] => {
  const words: string[] = [];
  const resetFlags = record['reset-flags'];
  if (resetFlags !== undefined) words.push(`reset_flags=${hexOf(resetFlags)}`);
  const flags = Number(record['flags'] ?? 0);
  if ((flags & SERVER_SIDE) !== 0 || record['server-side'] === 1) words.push('server_side');
  if ((flags & DENY_JOIN_ID0) !== 0) words.push('deny_join_id0');
  const rest = flags & ~(SERVER_SIDE | DENY_JOIN_ID0);
  if (rest !== 0) words.push(`flags=${hexOf(rest)}`);
  return words;
};

/** As C prints `%#x`: zero has no prefix. */
const hexOf = (value: number | string): string =>
  Number(value) === 0 ? '0' : `0x${Number(value).toString(16)}`;

const unknownWords = (record: EventRecord): string[] => {
  const known = new Set([...HANDLED, ...WORDS.map(([attribute]) => attribute)]);
  return Object.entries(record)
    .filter(([attribute]) => !known.has(attribute))
    .map(([attribute, value]) => `${attribute}=${value}`);
};
