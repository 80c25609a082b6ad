// A kernel between which and its listener things go wrong: a wrapper, so that what is wrapped stays as it is. What goes
// wrong is decided elsewhere, by a script or by a seed; what did is remembered, so that it can be stated as a script.

import type { Kernel } from '../kernel/kernel.ts';
import type { Command } from '../model/command.ts';
import type { CommandDone, KernelEvent } from '../model/event.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Fault, FaultSource } from './fault.ts';

const LOST: KernelEvent = {
  kind: 'lost',
  socket: 'mptcp_pm',
  reason: 'receive buffer overflow',
};

interface Held {
  readonly event: KernelEvent;
  /** How many others come first. */
  left: number;
}

export class FaultyKernel implements Kernel {
  readonly #inner: Kernel;
  #source: FaultSource | undefined;
  #listener: (batch: readonly KernelEvent[]) => void = () => {};
  #held: Held[] = [];
  #happened: Fault[] = [];
  readonly #counts = new Map<string, number>();

  constructor(inner: Kernel, source: FaultSource) {
    this.#inner = inner;
    this.#source = source;
  }

  /** The faults since the last call, each counted from there. */
  takeHappened(): Fault[] {
    const happened = this.#happened;
    this.#happened = [];
    this.#counts.clear();
    return happened;
  }

  /** Nothing goes wrong any more, and what is late arrives. */
  heal(): void {
    this.#source = undefined;
    const late = this.#held.map(({ event }) => event);
    this.#held = [];
    if (late.length > 0) this.#listener(late);
  }

  events(listener: (batch: readonly KernelEvent[]) => void): void {
    this.#listener = listener;
    this.#inner.events((batch) => {
      const told = this.#overflows(batch) ? [LOST] : this.#damage(batch);
      if (told.length > 0) listener(told);
    });
  }

  snapshot(): Promise<Snapshot> {
    const nth = this.#count('snapshot');
    if (!this.#source?.failsSnapshot()) return this.#inner.snapshot();
    this.#happened.push({ verb: 'fail-snapshot', nth });
    return Promise.reject(new Error('the snapshot cannot be read'));
  }

  /** One at a time, so that a refusal comes in its turn. */
  execute(commands: readonly Command[]): void {
    for (const command of commands) {
      const nth = this.#count(command.kind);
      const fault = this.#source?.onCommand(command);
      if (fault === undefined) {
        this.#inner.execute([command]);
        continue;
      }
      this.#happened.push({ ...fault, of: command.kind, nth });
      if (fault.verb === 'refuse')
        this.#refuse({ kind: 'command-done', command, refusal: fault.refusal });
    }
  }

  /** What is late is never told: its listener has gone. */
  close(): void {
    this.#held = [];
    this.#listener = () => {};
    this.#inner.close();
  }

  #overflows(batch: readonly KernelEvent[]): boolean {
    const nth = this.#count('batch');
    if (!this.#source?.overflows(batch)) return false;
    this.#happened.push({ verb: 'overflow', nth });
    return true;
  }

  #damage(batch: readonly KernelEvent[]): KernelEvent[] {
    const told: KernelEvent[] = [];
    for (const event of batch) {
      const nth = this.#count(event.kind);
      const fault = this.#source?.onEvent(event);
      if (fault !== undefined) this.#happened.push({ ...fault, of: event.kind, nth });
      if (fault?.verb === 'drop') continue;
      if (fault?.verb === 'delay') {
        this.#held.push({ event, left: fault.by });
        continue;
      }
      told.push(event);
      if (fault?.verb === 'duplicate') told.push(event);
      this.#release(told);
    }
    return told;
  }

  /** Another event was told: what waited for it comes next. */
  #release(told: KernelEvent[]): void {
    if (this.#held.length === 0) return;
    for (const held of this.#held) held.left -= 1;
    for (const { event, left } of this.#held) if (left === 0) told.push(event);
    this.#held = this.#held.filter(({ left }) => left > 0);
  }

  /** Later, as every kernel answers, and to none but who asked. */
  #refuse(answer: CommandDone): void {
    const listener = this.#listener;
    queueMicrotask(() => {
      if (listener === this.#listener) listener([answer]);
    });
  }

  /** How many of this kind there were since the faults were taken. */
  #count(kind: string): number {
    const nth = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, nth);
    return nth;
  }
}
