// One connection of a scripted kernel, and what can be said of it without the rest of the host.

import { type Family, type SocketAddress, unmapped } from '../model/address.ts';
import { type Endpoint, EndpointFlag } from '../model/endpoint.ts';
import { errorName } from '../model/errno.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';
import type { ConnectionSnapshot } from '../model/snapshot.ts';
import type { Subflow } from '../model/subflow.ts';

export interface ScriptedConnection {
  readonly token: number;
  readonly family: Family;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly serverSide: boolean;
  readonly owner: 'userspace' | 'kernel';
  established: boolean;
  subflows: Subflow[];
  /** The list that GET_ADDR with a token shows. */
  addresses: Endpoint[];
  /** The peer's addresses, by id; 0 is that of the initial subflow. Joins to any other are refused. */
  readonly peer: Map<number, SocketAddress>;
  /** Of those the ones where nobody answers. */
  readonly silent: Set<number>;
}

export const refusal = (errno: number, text: string): Refusal => ({
  code: errorName(errno),
  errno,
  text,
});

export const remoteIdOf = (
  { peer }: ScriptedConnection,
  { address, port }: SocketAddress,
): number | undefined => {
  for (const [id, known] of peer) if (known.address === address && known.port === port) return id;
  return undefined;
};

/** Enters an address into the connection's list, or says how it contradicts the list. */
export const list = (
  connection: ScriptedConnection,
  { address, port }: SocketAddress,
  id: number,
  flags: number,
): Refusal | undefined => {
  const isAt = (entry: SocketAddress) => entry.address === address && entry.port === port;
  const known = connection.addresses.find((entry) => isAt(entry) || entry.id === id);
  if (known !== undefined && (!isAt(known) || known.id !== id)) {
    return refusal(22, 'did not match address and id');
  }
  if (known === undefined) connection.addresses.push({ id, address, port, flags, ifindex: 0 });
  return undefined;
};

/** The id of an address that the peer joins: where the list has none, the kernel enters it under the lowest free one. */
export const implicitId = (connection: ScriptedConnection, address: string): number => {
  if (address === unmapped(connection.local.address)) return 0;
  const known = connection.addresses.find((entry) => entry.address === address);
  if (known !== undefined) return known.id;
  let id = 1;
  while (connection.addresses.some((entry) => entry.id === id)) id += 1;
  const flags = EndpointFlag.implicit;
  connection.addresses.push({ id, address, port: 0, flags, ifindex: 0 });
  return id;
};

/** A subflow of this connection, established unless said otherwise. */
export const makeSubflow = (
  connection: ScriptedConnection,
  parts: Pick<Subflow, 'initial' | 'local' | 'remote'> & Partial<Subflow>,
): Subflow => ({
  token: connection.token,
  state: 'established',
  family: parts.local.address.includes(':') ? 'ipv6' : 'ipv4',
  localId: 0,
  remoteId: 0,
  ifindex: 0,
  uid: 0,
  initiatedHere: !connection.serverSide,
  backupLocal: false,
  backupRemote: false,
  fullyEstablished: connection.established,
  rtt: 0,
  ...parts,
});

/** In the form that the socket has: to the kernel a v4-mapped address is another one. */
export const isPair =
  (pair: { readonly local: SocketAddress; readonly remote: SocketAddress }) =>
  ({ local, remote }: Subflow): boolean =>
    local.address === pair.local.address &&
    local.port === pair.local.port &&
    remote.address === pair.remote.address &&
    remote.port === pair.remote.port;

export const subflowEvent = (
  kind: 'sub-established' | 'sub-closed',
  { token, family, local, remote, localId, remoteId, ifindex, backupRemote }: Subflow,
  error = 0,
): KernelEvent => ({
  ...{ kind, token, family, local, remote, localId, remoteId, ifindex, error },
  backup: backupRemote,
});

export const snapshotOf = (connection: ScriptedConnection): ConnectionSnapshot => {
  const { token, family, local, remote, owner, subflows, addresses } = connection;
  return {
    socket: {
      ...{ token, family, local, remote },
      state: 'established',
      uid: 0,
      inode: token,
      fallback: false,
    },
    subflows: [...subflows],
    owner,
    addresses: owner === 'userspace' ? [...addresses] : undefined,
  };
};
