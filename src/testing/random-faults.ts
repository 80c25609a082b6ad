// Faults that a seed decides.

import type { Command } from '../model/command.ts';
import { errorName } from '../model/errno.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';
import type { CommandFault, EventFault, FaultSource } from './fault.ts';
import type { Random } from './random.ts';

/** Probabilities, 0 to 1: of an event, a command, a snapshot, a batch. */
export interface FaultRates {
  readonly drop: number;
  readonly duplicate: number;
  readonly delay: number;
  readonly refuse: number;
  readonly ignore: number;
  readonly failSnapshot: number;
  readonly overflow: number;
}

/** So many that hardly anything goes right, and so few that something does. */
export const STORMY: FaultRates = {
  drop: 0.1,
  duplicate: 0.1,
  delay: 0.2,
  refuse: 0.08,
  ignore: 0.05,
  failSnapshot: 0.2,
  overflow: 0.05,
};

/** An event is late by this many others, at most. */
const LONGEST_DELAY = 8;

const refusal = (errno: number, text?: string): Refusal => ({
  code: errorName(errno),
  errno,
  ...(text !== undefined && { text }),
});

const NO_MEMORY = refusal(12);

/** Nothing here says what is true: a refusal that does, such as "userspace PM not selected", would be a lie. */
const REFUSALS: readonly Refusal[] = [
  NO_MEMORY,
  refusal(16),
  refusal(22),
  refusal(22, 'invalid attribute'),
  refusal(105),
];

export class RandomFaults implements FaultSource {
  readonly #random: Random;
  readonly #rates: FaultRates;

  constructor(random: Random, rates: FaultRates = STORMY) {
    this.#random = random;
    this.#rates = rates;
  }

  overflows(batch: readonly KernelEvent[]): boolean {
    return !batch.some(isUnrepeatable) && this.#random() < this.#rates.overflow;
  }

  onEvent(event: KernelEvent): EventFault | undefined {
    const { drop, duplicate, delay } = this.#rates;
    let dice = this.#random();
    // Nothing overtakes what would then be lost with the next snapshot.
    if (isUnrepeatable(event)) return dice < duplicate ? { verb: 'duplicate' } : undefined;
    if (dice < drop) return { verb: 'drop' };
    dice -= drop;
    if (dice < duplicate) return { verb: 'duplicate' };
    dice -= duplicate;
    return dice < delay ? { verb: 'delay', by: 1 + this.#below(LONGEST_DELAY) } : undefined;
  }

  onCommand(command: Command): CommandFault | undefined {
    // A program's own listener: closing it cannot fail.
    if (command.kind === 'unlisten') return undefined;
    const { refuse, ignore } = this.#rates;
    const dice = this.#random();
    // To be observed is no request that could be refused.
    if (dice < refuse && command.kind !== 'observe') return this.#refuse(command);
    return dice >= refuse && dice < refuse + ignore ? { verb: 'ignore' } : undefined;
  }

  failsSnapshot(): boolean {
    return this.#random() < this.#rates.failSnapshot;
  }

  #refuse({ kind }: Command): CommandFault {
    // To `remove` EINVAL says that the peer was never told the address: on some kernels nothing else does.
    const refusals =
      kind === 'remove' ? REFUSALS.filter(({ code }) => code !== 'EINVAL') : REFUSALS;
    return { verb: 'refuse', refusal: refusals[this.#below(refusals.length)] ?? NO_MEMORY };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/**
 * What no snapshot shows again: what the peer announced (nor is it told again: this host's kernel has echoed it), its
 * flag C, and that another program's listener has ended.
 */
const isUnrepeatable = (event: KernelEvent): boolean =>
  event.kind === 'announced' ||
  event.kind === 'removed' ||
  event.kind === 'listener-closed' ||
  ('denyJoinId0' in event && event.denyJoinId0);
