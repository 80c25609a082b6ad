// Events that arrive while everything is read: newer than parts of what was read, and so applied once more after it.

import type { KernelEvent } from '../model/event.ts';

export class Replay {
  readonly #byToken = new Map<number, KernelEvent[]>();
  readonly #others: KernelEvent[] = [];

  push(batch: readonly KernelEvent[]): void {
    for (const event of batch) {
      const token = tokenOf(event);
      if (token === undefined) this.#others.push(event);
      else {
        const known = this.#byToken.get(token);
        if (known === undefined) this.#byToken.set(token, [event]);
        else known.push(event);
      }
    }
  }

  /** Those of one connection, in order. */
  of(token: number): readonly KernelEvent[] {
    return this.#byToken.get(token) ?? [];
  }

  tokens(): Iterable<number> {
    return this.#byToken.keys();
  }

  /** Those that belong to no connection: of the host, of endpoints, of listeners. */
  get others(): readonly KernelEvent[] {
    return this.#others;
  }
}

const tokenOf = (event: KernelEvent): number | undefined => {
  if ('token' in event) return event.token;
  if ('command' in event && typeof event.command === 'object' && 'token' in event.command) {
    return event.command.token;
  }
  return undefined;
};
