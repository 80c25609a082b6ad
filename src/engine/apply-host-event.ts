// Links, addresses and routes that came and went.

import type { Family } from '../model/address.ts';
import type { HostEvent } from '../model/event.ts';
import type { Interface, InterfaceAddress } from '../model/interface.ts';
import { useGoal } from './endpoints.ts';
import type { State } from './state.ts';

/** What the kernel answers as long as a route is missing; another route may cure it. */
const UNREACHABLE = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EINVAL']);

export const applyHostEvent = (state: State, event: HostEvent, now: number): void => {
  switch (event.kind) {
    case 'link':
      return update(state, event.index, { ...event });
    case 'link-removed':
      state.hostChanged = state.interfaces.delete(event.index) || state.hostChanged;
      return;
    case 'address':
      return setAddresses(state, event.index, (addresses) => withAddress(addresses, event.address));
    case 'address-removed':
      return setAddresses(state, event.index, (addresses) =>
        addresses.filter(({ address }) => address !== event.address),
      );
    case 'default-routes':
      return setDefaultRoutes(state, event.families);
    case 'route-added':
      return retryUnreachable(state, event.index, now);
    default:
      event satisfies never;
  }
};

const update = (state: State, index: number, change: Partial<Omit<Interface, 'index'>>): void => {
  const known = state.interfaces.get(index) ?? {
    index,
    name: '',
    up: false,
    running: false,
    loopback: false,
    addresses: [],
    defaultRoutes: [],
  };
  const { name, up, running, loopback, addresses, defaultRoutes } = { ...known, ...change };
  const next = { index, name, up, running, loopback, addresses, defaultRoutes };
  // Wi-Fi drivers and router advertisements tell the same over and over: no reason to plan every connection again.
  if (state.interfaces.has(index) && JSON.stringify(next) === JSON.stringify(known)) return;
  state.interfaces.set(index, next);
  state.hostChanged = true;
};

/** In its place, where it has one: told again it is no news. */
const withAddress = (
  addresses: readonly InterfaceAddress[],
  told: InterfaceAddress,
): readonly InterfaceAddress[] => {
  const index = addresses.findIndex(({ address }) => address === told.address);
  return index < 0 ? [...addresses, told] : addresses.with(index, told);
};

const setAddresses = (
  state: State,
  index: number,
  change: (addresses: readonly InterfaceAddress[]) => readonly InterfaceAddress[],
): void => {
  const known = state.interfaces.get(index);
  // Its link is reported first, or with the next resync: an address alone has no name to match.
  if (known !== undefined) update(state, index, { addresses: change(known.addresses) });
};

const setDefaultRoutes = (state: State, families: ReadonlyMap<number, readonly Family[]>): void => {
  for (const known of [...state.interfaces.values()]) {
    const defaultRoutes = families.get(known.index) ?? [];
    if (defaultRoutes.join() !== known.defaultRoutes.join()) {
      update(state, known.index, { defaultRoutes });
    }
  }
};

const retryUnreachable = (state: State, index: number, now: number): void => {
  const keys = new Set<string>();
  for (const { key, ifindex } of state.intent.paths) if (ifindex === index) keys.add(key);
  if (keys.size === 0) return;
  for (const attempt of state.endpoints.attempts) {
    if (!attempt.pending && [...keys].some((key) => attempt.goal === useGoal(key))) {
      attempt.retryAt = now;
    }
  }
  state.endpoints.dirty = true;
  for (const connection of state.connections.values()) {
    for (const attempt of connection.attempts) {
      if (attempt.pending || attempt.retryAt <= now || attempt.join === undefined) continue;
      if (!keys.has(attempt.join.pathKey) || !UNREACHABLE.has(attempt.problem?.code ?? ''))
        continue;
      attempt.retryAt = now;
      state.dirty.add(connection.token);
    }
  }
};
