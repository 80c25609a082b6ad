// What rtnetlink tells, as host events. The kernel drops IPv4 routes without a word when a link goes down or an
// address leaves, so default routes are read again whenever something may have changed them.

import type { Family } from '../model/address.ts';
import type { HostEvent, Lost } from '../model/event.ts';
import type { Addon, SocketOptions } from './addon.ts';
import { decodeRouteMessages, ROUTE_GROUPS, type RouteMessage, Rtm } from './route-messages.ts';

type Listener = (batch: readonly (HostEvent | Lost)[]) => void;

/** Body of a struct rtmsg that asks for everything: 12 zero bytes, the address family first. */
const ANY_ROUTE = new Uint8Array(12);

/** Reads the default routes: interface index → families that have one. */
export const readDefaultRoutes = async (
  addon: Addon,
  options: SocketOptions,
): Promise<Map<number, readonly Family[]>> => {
  const families = new Map<number, readonly Family[]>();
  const datagrams = await addon.routeDump(Rtm.getRoute, ANY_ROUTE, options);
  for (const message of datagrams.flatMap(decodeRouteMessages)) {
    if (message.kind !== 'route' || !message.isDefault) continue;
    for (const index of message.indexes) {
      const known = families.get(index) ?? [];
      if (!known.includes(message.family)) families.set(index, [...known, message.family].sort());
    }
  }
  return families;
};

export class RouteWatch {
  readonly #addon: Addon;
  readonly #options: SocketOptions;
  readonly #listener: Listener;
  readonly #socket: { close(): void };
  #reading = false;
  #stale = false;
  #closed = false;

  constructor(addon: Addon, options: SocketOptions, listener: Listener) {
    this.#addon = addon;
    this.#options = options;
    this.#listener = listener;
    this.#socket = new addon.RouteEventSocket(
      (batch) => this.#received(batch),
      ROUTE_GROUPS,
      options,
    );
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  #received(batch: readonly (Buffer | Lost)[]): void {
    const events: (HostEvent | Lost)[] = [];
    for (const datagram of batch) {
      if (!Buffer.isBuffer(datagram)) events.push(datagram);
      else for (const message of decodeOrLose(datagram)) this.#take(message, events);
    }
    if (events.length > 0) this.#listener(events);
    if (this.#stale) void this.#readRoutes();
  }

  #take(message: RouteMessage | Lost, events: (HostEvent | Lost)[]): void {
    if (message.kind !== 'route') {
      this.#stale ||= message.kind !== 'address';
      events.push(message);
      return;
    }
    this.#stale ||= message.isDefault;
    if (!message.added) return;
    for (const index of message.indexes) events.push({ kind: 'route-added', index });
  }

  /** One dump at a time; what changes meanwhile leads to another. */
  async #readRoutes(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#stale && !this.#closed) {
      this.#stale = false;
      const event = await readDefaultRoutes(this.#addon, this.#options).then(
        (families): HostEvent => ({ kind: 'default-routes', families }),
        (error: Error): Lost => lost(`default routes cannot be read: ${error.message}`),
      );
      if (!this.#closed) this.#listener([event]);
    }
    this.#reading = false;
  }
}

const lost = (reason: string): Lost => ({ kind: 'lost', socket: 'rtnetlink', reason });

const decodeOrLose = (datagram: Buffer): (RouteMessage | Lost)[] => {
  try {
    return decodeRouteMessages(datagram);
  } catch (error) {
    return [lost(`undecodable message: ${(error as Error).message}`)];
  }
};
