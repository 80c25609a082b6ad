// What `subflowctl status` shows, from what the controller knows.

import type {
  ConnectionStatus,
  EndpointStatus,
  InterfaceStatus,
  ListenerStatus,
  PendingStatus,
  Status,
  SubflowStatus,
} from '../control/protocol.ts';
import { PROTOCOL_VERSION } from '../control/protocol.ts';
import type { Attempt } from '../engine/attempts.ts';
import { isOurs, useGoal } from '../engine/endpoints.ts';
import { listenKey } from '../engine/listeners.ts';
import { isConflict } from '../engine/rivals.ts';
import type { Connection, LiveSubflow, State } from '../engine/state.ts';
import { intentOfSubflow, isLost } from '../engine/subflows.ts';
import { formatSocketAddress } from '../model/address.ts';
import { type Endpoint, flagNames } from '../model/endpoint.ts';
import type { Interface } from '../model/interface.ts';
import { formatToken } from '../model/token.ts';
import { claimOf, describe, type Policy } from '../policy/index.ts';
import { type AddressIntent, pathKey } from '../policy/intent.ts';
import { version } from '../version.ts';
import type { Counters } from './log-reporter.ts';

export interface StatusSources {
  readonly state: Readonly<State>;
  readonly policy: Policy;
  readonly since: Date;
  readonly counters: Counters;
  /** Of the controller's clock, in ms. */
  readonly now: number;
}

export const statusOf = ({ state, policy, since, counters, now }: StatusSources): Status => ({
  protocol: PROTOCOL_VERSION,
  version,
  pid: process.pid,
  since: since.toISOString(),
  manager: state.manager,
  policy: { rules: describe(policy, state.interfaces.values()) },
  pending: pendingOf({ attempts: state.endpoints.attempts.filter(isTrouble) }, now),
  interfaces: [...state.interfaces.values()].map((one) => interfaceStatus(state, policy, one)),
  endpoints: state.endpoints.known.map((one) => endpointStatus(state, one)),
  ...withoutRoom(state),
  ...(state.endpoints.limits && { limits: state.endpoints.limits }),
  ...troubles(state),
  connections: [...state.connections.values()].map((one) => connectionStatus(state, one, now)),
  ...(state.attempts.length > 0 && {
    listeners: state.attempts.map((attempt) => listenerStatus(state, attempt, now)),
  }),
  counters: { ...counters },
});

const troubles = ({ rivals, snapshotProblem }: Readonly<State>) => {
  const conflicts = rivals.filter(isConflict).map(({ found }) => found);
  return {
    ...(conflicts.length > 0 && { conflicts }),
    ...(snapshotProblem !== undefined && { snapshotProblem }),
  };
};

const listenerStatus = (state: Readonly<State>, attempt: Attempt, now: number): ListenerStatus => {
  const local = listenKey(attempt.goal);
  if (attempt.reachedAt === undefined) {
    return { local, state: 'waiting', pending: pendingStatus(attempt, now) };
  }
  return { local, state: state.listeners.has(local) ? 'ours' : 'foreign' };
};

const interfaceStatus = (
  state: Readonly<State>,
  policy: Policy,
  { index, name, addresses, ...rest }: Interface,
): InterfaceStatus => {
  const rule = claimOf(policy, { index, name, addresses, ...rest });
  return {
    name,
    index,
    ...(rule && { role: rule.role, source: rule.source }),
    addresses: addresses.map(({ address }) => {
      const intent = state.intent.addresses.get(pathKey(address, index));
      const why = whyOf(intent);
      return { address, state: intent?.state ?? 'foreign', ...(why !== undefined && { why }) };
    }),
  };
};

const withoutRoom = ({ intent, endpoints }: Readonly<State>): Pick<Status, 'withoutRoom'> => {
  const { inUse, known, capacity } = endpoints;
  if (!inUse || known.length < capacity) return {};
  const placed = new Set(known.map(({ address }) => address));
  const left = intent.paths.filter(
    ({ address, role }) => role !== 'standby' && !placed.has(address),
  );
  return left.length === 0 ? {} : { withoutRoom: left.map(({ key }) => key) };
};

const endpointStatus = (
  state: Readonly<State>,
  { id, address, port, flags, ifindex }: Endpoint,
): EndpointStatus => ({
  id,
  address,
  port,
  flags: flagNames(flags),
  interface: state.interfaces.get(ifindex)?.name ?? null,
  ours: isOurs(state.endpoints, { id, address }),
});

const whyOf = (intent: AddressIntent | undefined): string | undefined =>
  intent !== undefined && 'why' in intent ? intent.why : undefined;

const connectionStatus = (
  state: Readonly<State>,
  connection: Connection,
  now: number,
): ConnectionStatus => {
  const note = noteOn(state, connection);
  return {
    token: formatToken(connection.token),
    serverSide: connection.serverSide ?? null,
    owner: connection.owner ?? null,
    ...(note !== undefined && { note }),
    local: formatSocketAddress(connection.local),
    remote: formatSocketAddress(connection.remote),
    subflows: connection.subflows.map((subflow) => subflowStatus(state, subflow)),
    pending: pendingOf(connection, now),
  };
};

const noteOn = (
  { manager }: Readonly<State>,
  { owner, established }: Connection,
): string | undefined => {
  if (owner === 'kernel' && manager === 'userspace')
    return 'of the in-kernel path manager: opened before subflowd took over';
  return established ? undefined : 'the peer has not acknowledged data yet';
};

const subflowStatus = (state: Readonly<State>, subflow: LiveSubflow): SubflowStatus => {
  const intent = intentOfSubflow(state, subflow);
  return {
    local: formatSocketAddress(subflow.local),
    remote: formatSocketAddress(subflow.remote),
    interface: interfaceOf(state, subflow),
    localId: subflow.localId,
    remoteId: subflow.remoteId,
    role: intent?.state === 'usable' ? intent.path.role : null,
    backup: subflow.backupLocal ?? null,
    state: stateOf(state, subflow),
  };
};

const interfaceOf = (state: Readonly<State>, subflow: LiveSubflow): string | null => {
  for (const { name, index, addresses } of state.interfaces.values()) {
    if (addresses.some(({ address }) => pathKey(address, index) === subflow.key)) return name;
  }
  return null;
};

const stateOf = (state: Readonly<State>, subflow: LiveSubflow): string => {
  if (subflow.closing) return 'closing';
  if (isLost(state, subflow)) return 'lost';
  return subflow.established ? 'established' : 'joining';
};

/** That nobody has joined from an endpoint is normal where there is no connection. */
const isTrouble = ({ goal }: Attempt): boolean => !goal.startsWith(useGoal(''));

const pendingOf = ({ attempts }: Pick<Connection, 'attempts'>, now: number): PendingStatus[] =>
  attempts
    .filter(({ reachedAt }) => reachedAt === undefined)
    .map((attempt) => pendingStatus(attempt, now));

const pendingStatus = (
  { goal, failures, pending, retryAt, problem }: Attempt,
  now: number,
): PendingStatus => ({
  goal,
  failures,
  retryInMs: pending ? null : Math.max(0, Math.round(retryAt - now)),
  ...(problem && {
    error: problem.text === undefined ? problem.code : `${problem.text} (${problem.code})`,
  }),
});
