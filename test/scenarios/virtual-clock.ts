// A clock that stands still until it is told to go on.

import type { Clock } from '../../src/daemon/clock.ts';

interface Alarm {
  readonly time: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  #time = 0;
  #soon: (() => void)[] = [];
  #alarms: Alarm[] = [];

  now(): number {
    return this.#time;
  }

  at(time: number, callback: () => void): () => void {
    const alarm = { time, callback };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  /** Runs what was put off; returns whether there was anything. */
  runSoon(): boolean {
    const callbacks = this.#soon;
    this.#soon = [];
    for (const callback of callbacks) callback();
    return callbacks.length > 0;
  }

  /** Lets this many milliseconds pass, ringing each alarm at its time, and calls `settle` after each. */
  async advance(milliseconds: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#time + milliseconds;
    for (;;) {
      const next = this.#alarms.reduce<Alarm | undefined>(
        (first, alarm) =>
          alarm.time <= end && !(first && first.time <= alarm.time) ? alarm : first,
        undefined,
      );
      if (next === undefined) break;
      this.#alarms = this.#alarms.filter((alarm) => alarm !== next);
      this.#time = Math.max(this.#time, next.time);
      next.callback();
      await settle();
    }
    this.#time = end;
  }
}
