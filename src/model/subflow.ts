// A subflow and a connection as sock_diag shows them. What cannot be re-read is not here.

import type { Family, SocketAddress } from './address.ts';

/** Names of the kernel's TCP states (include/net/tcp_states.h). */
export type TcpState =
  | 'established'
  | 'syn-sent'
  | 'syn-recv'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'time-wait'
  | 'close'
  | 'close-wait'
  | 'last-ack'
  | 'listen'
  | 'closing'
  | 'new-syn-recv'
  | 'bound-inactive';

export interface Subflow {
  /** The local token of the connection that it belongs to. */
  readonly token: number;
  readonly state: TcpState;
  readonly family: Family;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly localId: number;
  readonly remoteId: number;
  /** The interface that it is bound to; 0 where it is not. */
  readonly ifindex: number;
  readonly uid: number;
  /** The first subflow of its connection (MP_CAPABLE), not a join. */
  readonly initial: boolean;
  /** This side sent the SYN. */
  readonly initiatedHere: boolean;
  /** This side asked for backup. */
  readonly backupLocal: boolean;
  /** The peer asked for backup. */
  readonly backupRemote: boolean;
  /** Both sides know that the other knows (RFC 8684 §3.2): it may carry options. */
  readonly fullyEstablished: boolean;
  /** Smoothed round-trip time in µs; 0 where it is not measured yet. */
  readonly rtt: number;
}

/** An MPTCP socket, with the addresses of its initial subflow. */
export interface MptcpSocket {
  readonly token: number;
  readonly state: TcpState;
  readonly family: Family;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly uid: number;
  readonly inode: number;
  /** Became plain TCP (MPTCP_INFO_FLAG_FALLBACK): no path manager can do anything for it. */
  readonly fallback: boolean;
}
