// Prints events until it is ended. Lines keep the order of the events, though a name may have to be asked for.

import type { Addon, SocketOptions } from '../../kernel/addon.ts';
import type { Lost, PathManagerEvent } from '../../model/event.ts';
import { type EventRecord, eventRecord } from './event-attributes.ts';
import { formatEvent } from './format-event.ts';
import { type Links, readLinks } from './links.ts';

export const watch = (addon: Addon, json: boolean, options: SocketOptions): void => {
  const names = new Names(addon, options);
  let before = Promise.resolve();
  const take = async (batch: readonly (PathManagerEvent | Lost)[]): Promise<void> => {
    for (const event of batch) {
      if (event.kind === 'lost') {
        process.stderr.write(`subflowctl: events were lost: ${event.reason}\n`);
      } else if (event.kind === 'unknown') {
        const record = eventRecord(event.command, event.attributes);
        const line = json ? JSON.stringify(record) : formatEvent(record, await names.for(record));
        process.stdout.write(`${line}\n`);
      }
    }
  };
  new addon.PathManagerEventSocket(
    (batch) => {
      before = before.then(() => take(batch));
    },
    { ...options, raw: true },
  );
};

/** Asks again once there is an index that it does not know. */
class Names {
  readonly #addon: Addon;
  readonly #options: SocketOptions;
  #links: Links = new Map();

  constructor(addon: Addon, options: SocketOptions) {
    this.#addon = addon;
    this.#options = options;
  }

  async for(record: EventRecord): Promise<Links> {
    const index = record['if-idx'];
    if (typeof index === 'number' && index !== 0 && !this.#links.has(index)) {
      this.#links = await readLinks(this.#addon, this.#options).catch(() => this.#links);
    }
    return this.#links;
  }
}
