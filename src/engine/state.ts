// What is known of the namespace. Changed by `apply`, `merge`, `adoptIntent` and `markSent` alone.
//
// A connection has few subflows, addresses and goals: arrays are smaller and faster than maps here, and ten
// thousand connections are held at a time. They are replaced, not pushed to: V8 keeps room for 16 more in an array
// that has grown.

import { type Family, type SocketAddress, sameSocketAddress, unmapped } from '../model/address.ts';
import type { KernelEvent } from '../model/event.ts';
import type { Interface } from '../model/interface.ts';
import type { Manager } from '../model/manager.ts';
import type { Owner } from '../model/snapshot.ts';
import { type Intent, pathKey } from '../policy/intent.ts';
import type { Attempt } from './attempts.ts';
import { createEndpoints, type Endpoints } from './endpoints.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { Rival } from './rivals.ts';

/** A subflow that carries data, or whose SYN is on its way. */
export interface LiveSubflow {
  /** Path key of its local end. */
  readonly key: string;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly localId: number;
  readonly remoteId: number;
  readonly ifindex: number;
  readonly initial: boolean;
  /** False while only the SYN was sent. */
  established: boolean;
  /** This side sent the SYN; undefined where only an event told of it. */
  initiatedHere: boolean | undefined;
  backupLocal: boolean | undefined;
  backupRemote: boolean;
  /** It may carry options such as RM_ADDR; undefined until sock_diag was asked. */
  fullyEstablished: boolean | undefined;
  /** Smoothed round-trip time in µs; 0 where unknown. */
  rtt: number;
  /** We asked the kernel to close it. */
  closing: boolean;
}

export interface RemoteAddress {
  readonly id: number;
  readonly at: SocketAddress;
}

export interface LocalId {
  /** Path key of the address, or what `announcedKey` makes of it. */
  readonly key: string;
  readonly id: number;
}

export interface Connection {
  readonly token: number;
  readonly family: Family;
  /** Addresses of the initial subflow, whether or not it still lives. */
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  owner: Owner;
  serverSide: boolean | undefined;
  denyJoinId0: boolean;
  /** Further subflows may be made: the peer has acknowledged data (RFC 8684 §3.1). */
  established: boolean;
  /** The peer's addresses that may be joined, by id. */
  remotes: readonly RemoteAddress[];
  /** Which id this connection uses for which of our addresses. */
  localIds: readonly LocalId[];
  /** The addresses that the peer was told, each as `announcedKey` has it. */
  announced: readonly string[];
  subflows: readonly LiveSubflow[];
  attempts: readonly Attempt[];
  /** When to repeat RM_ADDR for id 0, which is sent without receipt. */
  repeatRemoveAt: number | undefined;
}

/** A listener that we asked for, and hold unless that was refused. */
export interface HeldListener {
  readonly local: SocketAddress;
  readonly ifindex: number;
}

export interface State {
  /** Which of the kernel's path managers new connections should get. */
  readonly manager: Manager;
  /** Which one they get; undefined where there is no choice, and until it was read. */
  pathManager: string | undefined;
  readonly endpoints: Endpoints;
  readonly interfaces: Map<number, Interface>;
  readonly connections: Map<number, Connection>;
  intent: Intent;
  /** Keys of the paths that could be used last. */
  formerPaths: readonly string[];
  /** Path key → when the path may be used again after a loss: Infinity while it is lost. */
  readonly settling: Map<string, number>;
  /** By what `announcedKey` makes of their address and port. */
  readonly listeners: Map<string, HeldListener>;
  /** Tokens of connections that ended before they were established: see `end`. */
  readonly ended: Set<number>;
  /** What was tried for goals of no single connection: listeners. */
  attempts: readonly Attempt[];
  /** Connections that must be planned again, or have ended. */
  readonly dirty: Set<number>;
  /** Interfaces changed: the intent must be made again. */
  hostChanged: boolean;
  /** Why everything must be read again; undefined where nothing was missed. */
  resync: string | undefined;
  /** News of connections that we missed the beginning of: applied again after the resync that they cause. */
  readonly early: KernelEvent[];
  /** A first complete snapshot was merged: before it nothing is sent. */
  synced: boolean;
  /** Why the last snapshot failed; undefined where it did not. */
  snapshotProblem: string | undefined;
  /** Entries of the last snapshot that told too little. */
  unreadable: number;
  /** Who else changes what is ours. */
  rivals: readonly Rival[];
  /** What people should hear once; taken by whoever tells them. */
  readonly notices: string[];
  readonly retries: RetryBudget;
  /** Snapshots have the connections' lists of local addresses (Linux 6.10). */
  listsAddresses: boolean;
  /** This kernel sets the backup flag that `subflow-create` asks for; undefined until it was seen. */
  createsBackup: boolean | undefined;
}

export const emptyIntent: Intent = { addresses: new Map(), paths: [] };

export const createState = (manager: Manager = 'userspace'): State => ({
  manager,
  pathManager: undefined,
  endpoints: createEndpoints(manager === 'kernel'),
  interfaces: new Map(),
  connections: new Map(),
  intent: emptyIntent,
  formerPaths: [],
  settling: new Map(),
  listeners: new Map(),
  ended: new Set(),
  attempts: [],
  dirty: new Set(),
  hostChanged: false,
  resync: undefined,
  early: [],
  synced: false,
  snapshotProblem: undefined,
  unreadable: 0,
  rivals: [],
  notices: [],
  retries: createRetryBudget(),
  listsAddresses: true,
  createsBackup: undefined,
});

type Ends = Pick<Connection, 'local' | 'remote'>;

/** Tokens are used again, and the end of a connection is not always told: its ends tell whether this is the same. */
export const isSameConnection = (a: Ends, b: Ends): boolean =>
  sameSocketAddress(a.local, b.local) && sameSocketAddress(a.remote, b.remote);

/** A connection as its beginning shows it: the addresses of the initial subflow have id 0 (RFC 8684 §3.1). */
export const createConnection = (
  seed: Pick<Connection, 'token' | 'family' | 'local' | 'remote'> &
    Partial<Pick<Connection, 'owner' | 'serverSide' | 'denyJoinId0' | 'established'>>,
): Connection => ({
  token: seed.token,
  family: seed.family,
  local: seed.local,
  remote: seed.remote,
  owner: seed.owner,
  serverSide: seed.serverSide,
  denyJoinId0: seed.denyJoinId0 ?? false,
  established: seed.established ?? false,
  remotes: [{ id: 0, at: seed.remote }],
  localIds: [{ key: pathKey(unmapped(seed.local.address), 0), id: 0 }],
  announced: [],
  subflows: [],
  attempts: [],
  repeatRemoveAt: undefined,
});
