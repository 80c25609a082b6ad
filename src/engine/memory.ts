// The little that the kernel cannot tell again: it is handed from one daemon to the next, so that a restart changes
// nothing.

import { type SocketAddress, sameSocketAddress } from '../model/address.ts';
import type { Refusal } from '../model/event.ts';
import { adoptLocalId, localIdOf } from './address-ids.ts';
import { type Attempt, findAttempt, type Join, MAX_WAIT } from './attempts.ts';
import type { Belongings } from './endpoints.ts';
import {
  type Connection,
  isSameConnection,
  type LocalId,
  type RemoteAddress,
  type State,
} from './state.ts';

/** What one daemon knows from the one before it. */
export interface Heritage {
  readonly connections: readonly RememberedConnection[];
  readonly ours: Belongings;
  /** Times are those of a clock that both daemons have. */
  readonly paths: RememberedPaths;
}

export const NO_HERITAGE: Heritage = {
  connections: [],
  ours: { endpoints: [], limitsBefore: undefined },
  paths: { usable: [], settling: new Map() },
};

export interface RememberedConnection {
  readonly token: number;
  /** With the token, what tells that this is still the same connection. */
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Known elsewhere as long as the initial subflow lives. */
  readonly serverSide?: boolean | undefined;
  readonly denyJoinId0: boolean;
  /** The peer's addresses: those that it announced are in no snapshot. */
  readonly remotes: readonly RemoteAddress[];
  /** Those of our addresses that the peer was told. */
  readonly announced: readonly string[];
  /** Our addresses, by the ids that the peer knows them by: where no snapshot has them. */
  readonly localIds?: readonly LocalId[] | undefined;
  readonly failures: readonly Failure[];
}

/** A goal on back-off. */
interface Failure {
  readonly goal: string;
  readonly failures: number;
  readonly retryAt: number;
  readonly problem?: Refusal | undefined;
  readonly join?: Join | undefined;
}

/** Keys of paths: what tells a line that lost its route from a private network, which never had one. */
export interface RememberedPaths {
  readonly usable: readonly string[];
  /** As in {@link State}: those that are lost, or settle after their return. */
  readonly settling: ReadonlyMap<string, number>;
}

export const rememberPaths = (
  { formerPaths, settling }: Pick<State, 'formerPaths' | 'settling'>,
  now: number,
): RememberedPaths => ({
  usable: formerPaths,
  settling: new Map([...settling].filter(([, until]) => until > now)),
});

/** To be called before the first intent is adopted. */
export const recallPaths = (state: State, { usable, settling }: RememberedPaths): void => {
  state.formerPaths = [...usable];
  for (const [key, until] of settling) state.settling.set(key, until);
};

/** What is to be remembered of a connection; undefined where a snapshot tells everything. */
export const remember = (
  { listsAddresses }: Pick<State, 'listsAddresses'>,
  connection: Readonly<Connection>,
): RememberedConnection | undefined => {
  const { token, local, remote, denyJoinId0, remotes, announced, owner } = connection;
  if (owner === 'kernel') return undefined;
  const serverSide = connection.subflows.some(({ initial }) => initial)
    ? undefined
    : connection.serverSide;
  const localIds = listsAddresses ? undefined : connection.localIds;
  const failures = connection.attempts.flatMap(failureOf);
  const isPlain = serverSide === undefined && !denyJoinId0 && !isNews(remotes, remote);
  const isQuiet = announced.length === 0 && localIds === undefined && failures.length === 0;
  if (isPlain && isQuiet) return undefined;
  return {
    ...{ token, local, remote, serverSide, denyJoinId0 },
    ...{ remotes, announced, localIds, failures },
  };
};

/** The peer announced further addresses, or withdrew its first one. */
const isNews = (remotes: readonly RemoteAddress[], initial: SocketAddress): boolean =>
  remotes.length !== 1 || remotes[0]?.id !== 0 || !sameSocketAddress(remotes[0].at, initial);

const failureOf = ({ goal, failures, retryAt, problem, join }: Attempt): Failure[] =>
  failures === 0 ? [] : [{ goal, failures, retryAt, problem, join }];

/** Adds what is remembered to what a snapshot has shown; of connections that have ended nothing is kept. */
export const recall = (
  state: State,
  remembered: readonly RememberedConnection[],
  now: number,
): void => {
  for (const memory of remembered) {
    const connection = state.connections.get(memory.token);
    if (connection === undefined || !isSameConnection(connection, memory)) continue;
    connection.serverSide ??= memory.serverSide;
    connection.denyJoinId0 = memory.denyJoinId0;
    recallRemotes(connection, memory);
    if (memory.localIds !== undefined) recallIds(connection, memory.localIds);
    recallAnnounced(connection, memory);
    for (const failure of memory.failures) recallFailure(connection, failure, now);
  }
};

/** The snapshot has those that are joined: one of them may be newer than what is remembered. */
const recallRemotes = (connection: Connection, { remotes }: RememberedConnection): void => {
  const joined = connection.remotes.filter(
    ({ id }) => id !== 0 && !remotes.some((remote) => remote.id === id),
  );
  connection.remotes = [...remotes, ...joined];
};

const recallIds = (connection: Connection, localIds: readonly LocalId[]): void => {
  for (const { key, id } of localIds) {
    if (localIdOf(connection, key) === undefined) adoptLocalId(connection, key, id);
  }
};

/** Also where there is a list: one that the peer joined unasked is not shown there as announced. */
const recallAnnounced = (connection: Connection, { announced }: RememberedConnection): void => {
  const listed = announced.filter((key) => localIdOf(connection, key) !== undefined);
  connection.announced = [...new Set([...connection.announced, ...listed])];
};

const recallFailure = (
  connection: Connection,
  { goal, failures, retryAt, problem, join }: Failure,
  now: number,
): void => {
  if (findAttempt(connection, goal) !== undefined) return;
  connection.attempts = connection.attempts.concat({
    goal,
    failures,
    pending: false,
    sentAt: now,
    // Whatever happened to the clock.
    retryAt: Math.min(retryAt, now + MAX_WAIT),
    reachedAt: undefined,
    problem,
    join,
  });
};
