// What can go wrong between the kernel and who listens to it, as values and as lines of a scenario:
//
//   drop EVENT [N]                   the Nth of these events from here on is not told
//   duplicate EVENT [N]              it is told twice
//   delay EVENT [N] by M             it is told only after M other events
//   refuse COMMAND [N] ERROR [TEXT]  the Nth of these commands is not executed, and answered with this error
//   ignore COMMAND [N]               it is neither executed nor answered; `drop command-done` loses the answer alone
//   fail-snapshot [N]                the Nth snapshot cannot be read
//   overflow N                       all of the Nth batch of events is lost, and that is told

import type { Command } from '../model/command.ts';
import { errorName, errorNumber } from '../model/errno.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';

export type EventFault =
  | { readonly verb: 'drop' | 'duplicate' }
  | { readonly verb: 'delay'; readonly by: number };

export type CommandFault =
  | { readonly verb: 'refuse'; readonly refusal: Refusal }
  | { readonly verb: 'ignore' };

/** A fault, and what it befalls: the `nth` of its kind. */
export type Fault =
  | (EventFault & { readonly of: KernelEvent['kind']; readonly nth: number })
  | (CommandFault & { readonly of: Command['kind']; readonly nth: number })
  | { readonly verb: 'fail-snapshot' | 'overflow'; readonly nth: number };

/** Decides what goes wrong; asked once for everything that happens. */
export interface FaultSource {
  /** Is all of this lost? Then its events are not asked about. */
  overflows(batch: readonly KernelEvent[]): boolean;
  onEvent(event: KernelEvent): EventFault | undefined;
  onCommand(command: Command): CommandFault | undefined;
  failsSnapshot(): boolean;
}

/** All of them are asked, since each may count; the first that has an answer decides. */
export const eitherOf = (...sources: readonly FaultSource[]): FaultSource => ({
  overflows: (batch) => sources.map((source) => source.overflows(batch)).includes(true),
  onEvent: (event) => sources.map((source) => source.onEvent(event)).find(isFault),
  onCommand: (command) => sources.map((source) => source.onCommand(command)).find(isFault),
  failsSnapshot: () => sources.map((source) => source.failsSnapshot()).includes(true),
});

const isFault = <F>(fault: F | undefined): fault is F => fault !== undefined;

export const formatFault = (fault: Fault): string => {
  const words: (string | number)[] = [fault.verb];
  if ('of' in fault) words.push(fault.of);
  // Without a number `overflow` is not a fault to come: it happens at once.
  if (fault.nth !== 1 || fault.verb === 'overflow') words.push(fault.nth);
  if (fault.verb === 'delay') words.push('by', fault.by);
  if (fault.verb === 'refuse') words.push(fault.refusal.code, fault.refusal.text ?? '');
  return words.join(' ').trim();
};

/** Reads what {@link formatFault} prints; undefined where it is something else. */
export const parseFault = ([verb, ...words]: readonly string[]): Fault | undefined => {
  switch (verb) {
    case 'drop':
    case 'duplicate':
      return { verb, of: eventKind(words.shift()), nth: ordinal(words) };
    case 'delay':
      return { verb, of: eventKind(words.shift()), nth: ordinal(words), by: distance(words) };
    case 'refuse':
      return { verb, of: commandKind(words.shift()), nth: ordinal(words), refusal: error(words) };
    case 'ignore':
      return { verb, of: commandKind(words.shift()), nth: ordinal(words) };
    case 'fail-snapshot':
      return { verb, nth: ordinal(words) };
    case 'overflow':
      return words.length === 0 ? undefined : { verb, nth: ordinal(words) };
    default:
      return undefined;
  }
};

/** Takes a number from the beginning, where there is one. */
const ordinal = (words: string[]): number =>
  /^[1-9]\d*$/.test(words[0] ?? '') ? Number(words.shift()) : 1;

const distance = (words: readonly string[]): number => {
  const by = words[0] === 'by' ? Number(words[1]) : Number.NaN;
  if (!Number.isInteger(by) || by < 1) throw new Error('how many events later? `by M`');
  return by;
};

const error = ([code = '', ...text]: readonly string[]): Refusal => {
  const errno = errorNumber(code);
  if (errno === undefined) throw new Error(`not the name of an error: ${code}`);
  return { code: errorName(errno), errno, ...(text.length > 0 && { text: text.join(' ') }) };
};

const eventKind = (word = ''): KernelEvent['kind'] => {
  if (!(word in EVENTS)) throw new Error(`not an event: ${word}`);
  return word as KernelEvent['kind'];
};

const commandKind = (word = ''): Command['kind'] => {
  if (!(word in COMMANDS)) throw new Error(`not a command: ${word}`);
  return word as Command['kind'];
};

// Objects, so that the compiler names the kind that is missing.
const EVENTS: Readonly<Record<KernelEvent['kind'], true>> = {
  created: true,
  established: true,
  closed: true,
  announced: true,
  removed: true,
  'sub-established': true,
  'sub-closed': true,
  'sub-priority': true,
  'listener-created': true,
  'listener-closed': true,
  unknown: true,
  link: true,
  'link-removed': true,
  address: true,
  'address-removed': true,
  'default-routes': true,
  'route-added': true,
  lost: true,
  'command-done': true,
  observed: true,
  'listener-reset': true,
  'clock-set': true,
};

const COMMANDS: Readonly<Record<Command['kind'], true>> = {
  'add-addr': true,
  'del-addr': true,
  'flush-addrs': true,
  'set-limits': true,
  'set-flags': true,
  announce: true,
  remove: true,
  'subflow-create': true,
  'subflow-destroy': true,
  observe: true,
  listen: true,
  unlisten: true,
  'select-path-manager': true,
};
