// When connections want to be planned again without an event: one timer for all of them.

import type { Clock } from './clock.ts';

export class Wakes {
  readonly #clock: Clock;
  readonly #wake: (tokens: readonly number[]) => void;
  readonly #times = new Map<number, number>();
  #next = Number.POSITIVE_INFINITY;
  #cancel = () => {};

  constructor(clock: Clock, wake: (tokens: readonly number[]) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Replaces this connection's time; Infinity takes it away. */
  set(token: number, time: number): void {
    if (time === Number.POSITIVE_INFINITY) {
      this.#times.delete(token);
      return;
    }
    this.#times.set(token, time);
    if (time < this.#next) this.#arm(time);
  }

  close(): void {
    this.#times.clear();
    this.#cancel();
  }

  #arm(time: number): void {
    this.#cancel();
    this.#next = time;
    this.#cancel = this.#clock.at(time, () => this.#ring());
  }

  #ring(): void {
    const now = this.#clock.now();
    const due: number[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [token, time] of this.#times) {
      if (time > now) next = Math.min(next, time);
      else due.push(token);
    }
    for (const token of due) this.#times.delete(token);
    this.#next = Number.POSITIVE_INFINITY;
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
    this.#wake(due);
  }
}
