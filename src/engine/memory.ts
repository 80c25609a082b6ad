// The little that the kernel cannot tell again: it is handed from one daemon to the next, so that a restart changes
// nothing.

import type { SocketAddress } from '../model/address.ts';
import { adoptLocalId, localIdOf } from './address-ids.ts';
import { type Connection, isSameConnection, type RemoteAddress, type State } from './state.ts';

export interface RememberedConnection {
  readonly token: number;
  /** With the token, what tells that this is still the same connection. */
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly serverSide: boolean | undefined;
  readonly denyJoinId0: boolean;
  /** The peer's addresses: those that it announced are in no snapshot. */
  readonly remotes: readonly RemoteAddress[];
  /** Our addresses, by the ids that the peer knows them by; older kernels show them nowhere. */
  readonly localIds: readonly { readonly key: string; readonly id: number }[];
  readonly announced: readonly string[];
}

export const remember = (state: Readonly<State>): RememberedConnection[] =>
  [...state.connections.values()].map(
    ({ token, local, remote, serverSide, denyJoinId0, remotes, localIds, announced }) => ({
      ...{ token, local, remote, serverSide, denyJoinId0, remotes, localIds, announced },
    }),
  );

/** Adds what is remembered to what a snapshot has shown; of connections that have ended nothing is kept. */
export const recall = (state: State, remembered: readonly RememberedConnection[]): void => {
  for (const memory of remembered) {
    const connection = state.connections.get(memory.token);
    if (connection === undefined || !isSameConnection(connection, memory)) continue;
    connection.serverSide ??= memory.serverSide;
    connection.denyJoinId0 = memory.denyJoinId0;
    connection.remotes = [...memory.remotes];
    // An owner is known by the connection's list, which then has the ids: newer than what is remembered.
    if (connection.owner === undefined) recallIds(connection, memory);
    recallAnnounced(connection, memory);
  }
};

const recallIds = (connection: Connection, { localIds }: RememberedConnection): void => {
  for (const { key, id } of localIds) {
    if (localIdOf(connection, key) === undefined) adoptLocalId(connection, key, id);
  }
};

/** Also where there is a list: one that the peer joined unasked is not shown there as announced. */
const recallAnnounced = (connection: Connection, { announced }: RememberedConnection): void => {
  const listed = announced.filter((key) => localIdOf(connection, key) !== undefined);
  connection.announced = [...new Set([...connection.announced, ...listed])];
};
