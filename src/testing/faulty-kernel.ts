// A kernel whose events are lost, doubled or out of order: a wrapper, so that what is wrapped stays as it is.

import type { Kernel } from '../kernel/kernel.ts';
import type { Command } from '../model/command.ts';
import type { KernelEvent } from '../model/event.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Random } from './random.ts';

export interface Faults {
  /** Probabilities, 0 to 1, for each event. */
  readonly drop: number;
  readonly duplicate: number;
  readonly reorder: number;
}

/** What no snapshot shows again: what the peer announced (it repeats that by itself), its flag C, others' listeners. */
const isUnrepeatable = (event: KernelEvent): boolean =>
  event.kind === 'announced' ||
  event.kind === 'listener-closed' ||
  ('denyJoinId0' in event && event.denyJoinId0);

export class FaultyKernel implements Kernel {
  readonly #inner: Kernel;
  readonly #random: Random;
  #faults: Faults;
  #damaged = false;

  constructor(inner: Kernel, random: Random, faults: Faults) {
    this.#inner = inner;
    this.#random = random;
    this.#faults = faults;
  }

  /** Did any fault happen yet? */
  get damaged(): boolean {
    return this.#damaged;
  }

  heal(): void {
    this.#faults = { drop: 0, duplicate: 0, reorder: 0 };
  }

  events(listener: (batch: readonly KernelEvent[]) => void): void {
    this.#inner.events((batch) => {
      const damaged = this.#damage(batch);
      if (damaged.length > 0) listener(damaged);
    });
  }

  snapshot(): Promise<Snapshot> {
    return this.#inner.snapshot();
  }

  execute(commands: readonly Command[]): void {
    this.#inner.execute(commands);
  }

  close(): void {
    this.#inner.close();
  }

  #damage(batch: readonly KernelEvent[]): KernelEvent[] {
    const { drop, duplicate, reorder } = this.#faults;
    const out: KernelEvent[] = [];
    for (const event of batch) {
      if (!isUnrepeatable(event) && this.#happens(drop)) continue;
      out.push(event);
      if (this.#happens(duplicate)) out.push(event);
    }
    for (let i = 1; i < out.length; i++) {
      const [previous, event] = [out[i - 1], out[i]];
      if (previous === undefined || event === undefined || !this.#happens(reorder)) continue;
      out[i - 1] = event;
      out[i] = previous;
    }
    return out;
  }

  #happens(probability: number): boolean {
    const happens = this.#random() < probability;
    this.#damaged ||= happens;
    return happens;
  }
}
