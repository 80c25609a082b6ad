// Faults that a scenario states, each waiting for what it befalls.

import type { Command } from '../model/command.ts';
import type { KernelEvent } from '../model/event.ts';
import {
  type CommandFault,
  type EventFault,
  type Fault,
  type FaultSource,
  formatFault,
} from './fault.ts';

interface Waiting {
  readonly fault: Fault;
  /** How many more of its kind must come. */
  left: number;
}

export class FaultScript implements FaultSource {
  #waiting: Waiting[] = [];

  /** Counts from now on. */
  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.nth });
  }

  /** What was stated and has not happened, as lines. */
  get waiting(): string[] {
    return this.#waiting.map(({ fault }) => formatFault(fault));
  }

  overflows(): boolean {
    return this.#take(({ verb }) => verb === 'overflow') !== undefined;
  }

  onEvent({ kind }: KernelEvent): EventFault | undefined {
    const fault = this.#take((one) => isEventFault(one) && one.of === kind);
    return fault !== undefined && isEventFault(fault) ? fault : undefined;
  }

  onCommand({ kind }: Command): CommandFault | undefined {
    const fault = this.#take((one) => isCommandFault(one) && one.of === kind);
    return fault !== undefined && isCommandFault(fault) ? fault : undefined;
  }

  failsSnapshot(): boolean {
    return this.#take(({ verb }) => verb === 'fail-snapshot') !== undefined;
  }

  /** Something happened that befits these faults: the one whose turn it is, if any. */
  #take(befits: (fault: Fault) => boolean): Fault | undefined {
    let taken: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (!befits(waiting.fault)) continue;
      waiting.left -= 1;
      if (waiting.left <= 0) taken ??= waiting;
    }
    if (taken !== undefined) this.#waiting = this.#waiting.filter((one) => one !== taken);
    return taken?.fault;
  }
}

type OfEvent = Fault & EventFault;
type OfCommand = Fault & CommandFault;

const isEventFault = (fault: Fault): fault is OfEvent =>
  fault.verb === 'drop' || fault.verb === 'duplicate' || fault.verb === 'delay';

const isCommandFault = (fault: Fault): fault is OfCommand =>
  fault.verb === 'refuse' || fault.verb === 'ignore';
