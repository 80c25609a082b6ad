// One connection of a scripted kernel, and what can be said of it without the rest of the host.

import type { Family, SocketAddress } from '../model/address.ts';
import type { Endpoint } from '../model/endpoint.ts';
import { errorName } from '../model/errno.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';
import type { InterfaceAddress } from '../model/interface.ts';
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
}

export const globalAddress = (address: string): InterfaceAddress => ({
  address,
  family: address.includes(':') ? 'ipv6' : 'ipv4',
  prefixLength: address.includes(':') ? 64 : 24,
  scope: 'global',
  tentative: false,
  deprecated: false,
  temporary: false,
});

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
