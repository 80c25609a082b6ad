// The listeners that this process holds.

import { formatSocketAddress } from '../model/address.ts';
import type { ListenerCommand } from '../model/command.ts';
import type { ListenerReset } from '../model/event.ts';
import type { Addon, Listener, SocketOptions } from './addon.ts';

export class Listeners {
  readonly #addon: Addon;
  readonly #options: SocketOptions;
  readonly #onReset: (event: ListenerReset) => void;
  readonly #held = new Map<string, Listener>();

  constructor(addon: Addon, options: SocketOptions, onReset: (event: ListenerReset) => void) {
    this.#addon = addon;
    this.#options = options;
    this.#onReset = onReset;
  }

  /** Throws what bind(2) or listen(2) fails with. */
  run({ kind, local, ifindex }: ListenerCommand): void {
    const key = `${formatSocketAddress(local)} ${ifindex}`;
    const held = this.#held.get(key);
    if (kind === 'unlisten') {
      held?.close();
      this.#held.delete(key);
    } else if (held === undefined) {
      this.#held.set(key, this.#open(local, ifindex));
    }
  }

  close(): void {
    for (const listener of this.#held.values()) listener.close();
    this.#held.clear();
  }

  #open(local: ListenerCommand['local'], ifindex: number): Listener {
    const { netns } = this.#options;
    return new this.#addon.Listener(
      (count) => this.#onReset({ kind: 'listener-reset', local, count }),
      { bind: local, ifindex, ...(netns !== undefined && { netns }) },
    );
  }
}
