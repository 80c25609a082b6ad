// Questions about the subflows of one connection.

import { type SocketAddress, sameSocketAddress, unmapped } from '../model/address.ts';
import { type AddressIntent, pathKey } from '../policy/intent.ts';
import type { Connection, LiveSubflow, RemoteAddress, State } from './state.ts';

export const findSubflow = (
  connection: Connection,
  local: SocketAddress,
  remote: SocketAddress,
): LiveSubflow | undefined =>
  connection.subflows.find(
    (subflow) =>
      sameSocketAddress(subflow.local, local) && sameSocketAddress(subflow.remote, remote),
  );

export const dropSubflow = (connection: Connection, subflow: LiveSubflow): void => {
  connection.subflows = connection.subflows.filter((other) => other !== subflow);
};

/** The path key of a local end, as an event or a dump has it. */
export const keyOf = (end: Pick<LiveSubflow, 'local' | 'ifindex'>): string =>
  pathKey(unmapped(end.local.address), end.ifindex);

/** How this subflow stands to the policy; undefined where its address is not on this host any more. */
export const intentOfSubflow = (state: State, subflow: LiveSubflow): AddressIntent | undefined =>
  state.intent.addresses.get(subflow.key);

/** Its local end cannot carry packets: the interface is down, or the address is gone. */
export const isLost = (state: State, subflow: LiveSubflow): boolean => {
  const { key } = subflow;
  const intent = state.intent.addresses.get(key);
  if (intent !== undefined) return intent.state === 'lost';
  // The interface of an unbound link-local address is in no event; and all of 127/8 is on the loopback
  // interface, though it lists one address of it.
  return !key.endsWith('%0') && !key.startsWith('127.');
};

export const isLive = (subflow: LiveSubflow): boolean => subflow.established && !subflow.closing;

/** A subflow that backs nobody up: on an active path, or on one that is not ours to judge. */
export const isRegular = (state: State, subflow: LiveSubflow): boolean => {
  const intent = intentOfSubflow(state, subflow);
  if (intent === undefined) return true;
  if (intent.state === 'usable') return intent.path.role === 'active';
  return intent.state !== 'off';
};

export const findRemote = (connection: Connection, at: SocketAddress): RemoteAddress | undefined =>
  connection.remotes.find(
    (remote) =>
      unmapped(remote.at.address) === unmapped(at.address) &&
      (remote.at.port === at.port || at.port === 0),
  );

export const setRemote = (connection: Connection, id: number, at: SocketAddress): void => {
  const { remotes } = connection;
  const index = remotes.findIndex((remote) => remote.id === id);
  connection.remotes = index < 0 ? remotes.concat({ id, at }) : remotes.with(index, { id, at });
};
