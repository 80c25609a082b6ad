// A snapshot into the state: what it shows is true, what it does not show is gone. Facts that cannot be re-read
// (what the peer announced, the C flag) are kept from the events.

import { formatSocketAddress, unmapped } from '../model/address.ts';
import { EndpointFlag } from '../model/endpoint.ts';
import type { ConnectionSnapshot, Pair, Snapshot } from '../model/snapshot.ts';
import type { Subflow } from '../model/subflow.ts';
import { adoptLocalId, announcedKey } from './address-ids.ts';
import { failed, findAttempt } from './attempts.ts';
import { destroyGoal } from './draft.ts';
import { end } from './ended.ts';
import { settleListeners } from './listeners.ts';
import { mergeEndpoints } from './merge-endpoints.ts';
import { forgetRivals } from './rivals.ts';
import {
  type Connection,
  createConnection,
  isSameConnection,
  type LiveSubflow,
  type State,
} from './state.ts';
import { keyOf, setRemote } from './subflows.ts';

/** The parts of a merge, for whoever lets something else happen in between: the host, the connections, the end. */
export class Merge {
  readonly #state: State;
  readonly #snapshot: Snapshot;
  readonly #startedAt: number;
  readonly #found = new Set<number>();
  readonly #unreadable: ReadonlySet<string>;

  /** Of a snapshot whose reading began at `startedAt`. Events since then are newer than it: they must be applied again. */
  constructor(state: State, snapshot: Snapshot, startedAt: number) {
    this.#state = state;
    this.#snapshot = snapshot;
    this.#startedAt = startedAt;
    this.#unreadable = new Set(snapshot.unreadable.map(pairOf));
  }

  /** Interfaces and endpoints. */
  host(now: number): void {
    const { interfaces } = this.#state;
    // What is found wanting from here on is newer than the snapshot.
    this.#state.resync = undefined;
    interfaces.clear();
    for (const found of this.#snapshot.interfaces) interfaces.set(found.index, found);
    this.#state.hostChanged = true;
    this.#state.listsAddresses = this.#snapshot.listsAddresses;
    forgetRivals(this.#state, now);
    mergeEndpoints(this.#state, this.#snapshot, this.#startedAt, now);
    this.#noteUnreadable();
  }

  /** Said when it begins, not each time that it goes on. */
  #noteUnreadable(): void {
    const { unreadable } = this.#snapshot;
    const before = this.#state.unreadable;
    this.#state.unreadable = unreadable.length;
    if (unreadable.length === 0 || before > 0) return;
    const count = `${unreadable.length} connections and subflows`;
    this.#state.notices.push(
      `the kernel does not tell enough of ${count}: what was known of them is taken to be so still`,
    );
  }

  /** Some of the connections: at last all must have been merged. */
  connections(entries: readonly ConnectionSnapshot[], now: number): void {
    for (const entry of entries) {
      const { token, fallback, state: tcpState } = entry.socket;
      if (fallback || tcpState !== 'established') continue;
      this.#found.add(token);
      mergeConnection(this.#state, entry, this.#unreadable, this.#startedAt, now);
    }
  }

  /** What the snapshot does not show is gone. Returns the tokens of the connections that are. */
  end(now: number): number[] {
    const state = this.#state;
    const gone: number[] = [];
    for (const [token, connection] of state.connections) {
      if (this.#found.has(token) || this.#unreadable.has(pairOf(connection))) continue;
      gone.push(token);
      end(state, token);
    }
    settleListeners(state, this.#startedAt, now);
    state.synced = true;
    return gone;
  }
}

const pairOf = ({ local, remote }: Pair): string =>
  `${formatSocketAddress(local)} ${formatSocketAddress(remote)}`;

const mergeConnection = (
  state: State,
  entry: ConnectionSnapshot,
  unreadable: ReadonlySet<string>,
  startedAt: number,
  now: number,
): void => {
  const { socket } = entry;
  let connection = state.connections.get(socket.token);
  // The end of the one that had this token before was not told.
  if (connection === undefined || !isSameConnection(connection, socket)) {
    connection = createConnection(socket);
    state.connections.set(socket.token, connection);
  }
  state.dirty.add(socket.token);
  connection.owner = entry.owner ?? connection.owner;

  const live = entry.subflows.filter((s) => s.state === 'established' || s.state === 'syn-sent');
  connection.serverSide = sideOf(entry.subflows) ?? connection.serverSide;
  // Where the initial subflow has gone already, it was: only such a connection outlives it.
  connection.established ||= live.every((s) => s.fullyEstablished || !s.initial);
  // Of these the kernel says that they are there, but not whose: who knew them knows them still.
  const isVeiled = (subflow: LiveSubflow) => unreadable.size > 0 && unreadable.has(pairOf(subflow));
  const veiled = connection.subflows.filter(isVeiled);
  connection.subflows = live
    .map((s) => mergeSubflow(s, isClosing(connection, s, startedAt)))
    .concat(veiled);

  for (const subflow of live) {
    adoptLocalId(connection, keyOf(subflow), subflow.localId);
    if (subflow.state === 'established' && !knowsRemote(connection, subflow.remoteId)) {
      setRemote(connection, subflow.remoteId, subflow.remote);
    }
  }
  adoptAddresses(connection, entry);
  settleAttempts(connection, startedAt, now);
};

/** Which side opened the connection; undefined once nothing that it shows by is left. */
const sideOf = (subflows: readonly Subflow[]): boolean | undefined => {
  const initial = subflows.find((subflow) => subflow.initial);
  if (initial !== undefined) return !initial.initiatedHere;
  // Only the client joins, unless the client listens on an address that it announced.
  return subflows.some((subflow) => subflow.initiatedHere) ? false : undefined;
};

/** What was asked to close before the snapshot began, and is there all the same, was not closed. */
const isClosing = (connection: Connection, found: Subflow, startedAt: number): boolean => {
  const attempt = findAttempt(connection, destroyGoal(found));
  return attempt?.pending === true && attempt.sentAt >= startedAt;
};

const mergeSubflow = (found: Subflow, closing: boolean): LiveSubflow => ({
  key: keyOf(found),
  local: found.local,
  remote: found.remote,
  localId: found.localId,
  remoteId: found.remoteId,
  ifindex: found.ifindex,
  initial: found.initial,
  established: found.state === 'established',
  initiatedHere: found.initiatedHere,
  backupLocal: found.backupLocal,
  backupRemote: found.backupRemote,
  fullyEstablished: found.fullyEstablished,
  rtt: found.rtt,
  closing,
});

const knowsRemote = (connection: Connection, id: number): boolean =>
  connection.remotes.some((remote) => remote.id === id);

/** The kernel's own list of this connection's local addresses: its ids hold, whoever chose them. */
const adoptAddresses = (connection: Connection, { addresses }: ConnectionSnapshot): void => {
  if (addresses === undefined) return;
  const announced: string[] = [];
  for (const { address, port, id, flags, ifindex } of addresses) {
    const key = announcedKey(unmapped(address), ifindex, port);
    adoptLocalId(connection, key, id);
    // What the peer joined unasked stays marked as that when it is announced.
    const isImplicit = (flags & EndpointFlag.implicit) !== 0;
    const wasAnnounced = isImplicit && connection.announced.includes(key);
    if ((flags & EndpointFlag.signal) !== 0 || wasAnnounced) announced.push(key);
  }
  connection.announced = announced;
};

/** What was sent before the snapshot began and shows no trace in it has failed, unnoticed. */
const settleAttempts = (connection: Connection, startedAt: number, now: number): void => {
  for (const attempt of connection.attempts) {
    if (!attempt.pending || attempt.sentAt >= startedAt) continue;
    const { join } = attempt;
    const arrived =
      join !== undefined &&
      connection.subflows.some(
        (subflow) =>
          subflow.key === join.pathKey &&
          (subflow.remoteId === join.remoteId || !subflow.established),
      );
    if (arrived) {
      attempt.pending = false;
      attempt.reachedAt = now;
    } else {
      failed(attempt, { code: 'UNKNOWN', errno: 0, text: 'its outcome was lost' }, now);
    }
  }
};
