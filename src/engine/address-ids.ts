// Address ids (RFC 8684 §3.4.1), per connection and side. The kernel hands out ids from 1 upwards to addresses
// that the peer joins by itself, so ours begin well above; whatever id the kernel already uses is adopted.

import { formatSocketAddress } from '../model/address.ts';
import type { ListenerCommand, PathManagerCommand } from '../model/command.ts';
import { type Path, pathKey } from '../policy/intent.ts';
import type { Connection } from './state.ts';

export const FIRST_ID = 32;
export const LAST_ID = 255;

/** The path key, with the port where one is announced: to the kernel that is another address, with an id of its own. */
export const announcedKey = (address: string, ifindex: number, port: number): string =>
  formatSocketAddress({ address: pathKey(address, ifindex), port });

export const announcedKeyOf = ({ address, ifindex, announce }: Path): string =>
  announcedKey(address, ifindex, portOf(announce));

/** The one that a command is about. */
export const announcedKeyIn = ({
  local,
  ifindex,
}: ListenerCommand | (PathManagerCommand & { readonly kind: 'announce' })): string =>
  announcedKey(local.address, ifindex, local.port);

/** Port 0: the peer joins at the port of the connection, where the application listens. */
export const portOf = (announce: Path['announce']): number =>
  typeof announce === 'object' ? announce.port : 0;

export const localIdOf = (connection: Connection, key: string): number | undefined =>
  connection.localIds.find((entry) => entry.key === key)?.id;

export const adoptLocalId = (connection: Connection, key: string, id: number): void => {
  const { localIds } = connection;
  const index = localIds.findIndex((known) => known.key === key);
  if (index < 0) connection.localIds = localIds.concat({ key, id });
  else if (localIds[index]?.id !== id) connection.localIds = localIds.with(index, { key, id });
};

/** The lowest id of ours that nothing on this connection uses; undefined once all are taken. */
export const freeLocalId = (
  connection: Connection,
  alsoTaken: readonly number[] = [],
): number | undefined => {
  for (let id = FIRST_ID; id <= LAST_ID; id++) {
    if (alsoTaken.includes(id)) continue;
    if (connection.localIds.some((entry) => entry.id === id)) continue;
    if (connection.subflows.some((subflow) => subflow.localId === id)) continue;
    return id;
  }
  return undefined;
};
