// Events to iterate over: they wait until somebody asks for the next one.

import type { Lost } from '../model/event.ts';

/** How many may wait: whoever is that late reads everything again anyway. */
const MAX_WAITING = 65_536;

const TOO_LATE: Lost = {
  kind: 'lost',
  socket: 'mptcp_pm',
  reason: `${MAX_WAITING} events waited to be read`,
};

/** Each event goes to one `next` alone. Ends after `end`, and when a `for await` is left. */
export class EventStream<Event> implements AsyncIterableIterator<Event | Lost> {
  readonly #onEnd: () => void;
  #events: (Event | Lost)[] = [];
  /** Where the next one is in `#events`. */
  #first = 0;
  #readers: ((result: IteratorResult<Event | Lost>) => void)[] = [];
  #ended = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(batch: readonly (Event | Lost)[]): void {
    if (this.#ended) return;
    if (this.#events.length - this.#first + batch.length > MAX_WAITING) this.#replace([TOO_LATE]);
    else for (const event of batch) this.#events.push(event);
    while (this.#readers.length > 0 && this.#first < this.#events.length) {
      this.#readers.shift()?.({ done: false, value: this.#take() });
    }
  }

  /** What waits can still be read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
  }

  async next(): Promise<IteratorResult<Event | Lost>> {
    if (this.#first < this.#events.length) return { done: false, value: this.#take() };
    if (this.#ended) return { done: true, value: undefined };
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  async return(): Promise<IteratorResult<Event | Lost>> {
    this.#replace([]);
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): Event | Lost {
    const event = this.#events[this.#first++] as Event | Lost;
    if (this.#first === this.#events.length) this.#replace([]);
    return event;
  }

  #replace(events: (Event | Lost)[]): void {
    this.#events = events;
    this.#first = 0;
  }
}
