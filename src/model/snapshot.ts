// Everything that can be re-read of a namespace at one time.

import type { SocketAddress } from './address.ts';
import type { Endpoint, Limits } from './endpoint.ts';
import type { Interface } from './interface.ts';
import type { Manager } from './manager.ts';
import type { MptcpSocket, Subflow } from './subflow.ts';

/** Which path manager a connection was given when it was made; undefined where the kernel cannot tell. */
export type Owner = Manager | undefined;

export interface ConnectionSnapshot {
  readonly socket: MptcpSocket;
  readonly subflows: readonly Subflow[];
  readonly owner: Owner;
  /** The connection's list of local addresses (GET_ADDR with a token); undefined where it cannot be read. */
  readonly addresses: readonly Endpoint[] | undefined;
}

/** Addresses of a connection or of a subflow. */
export interface Pair {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
}

export interface Snapshot {
  readonly interfaces: readonly Interface[];
  readonly connections: readonly ConnectionSnapshot[];
  /** Connections and subflows that are there, and of which the kernel told no more. */
  readonly unreadable: readonly Pair[];
  /** Of the in-kernel path manager. */
  readonly endpoints: readonly Endpoint[];
  readonly limits: Limits;
  /** What new connections get: a {@link Manager}, or another's name; undefined where there is no choice. */
  readonly pathManager: string | undefined;
  /** This kernel has per-connection lists of addresses (6.10): `addresses` is there, and `owner` is known. */
  readonly listsAddresses: boolean;
}
