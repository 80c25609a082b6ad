// The endpoints and limits that the in-kernel path manager needs for the same intent. Where subflowd itself manages
// every connection none is needed: then what is left of ours goes.

import { familyOf, unmapped } from '../model/address.ts';
import type { Command } from '../model/command.ts';
import { type Endpoint, EndpointFlag, type Limits } from '../model/endpoint.ts';
import type { Path } from '../policy/intent.ts';
import { pathKey } from '../policy/intent.ts';
import { FIRST_ID, LAST_ID, portOf } from './address-ids.ts';
import { findAttempt, mayTry } from './attempts.ts';
import { firstFullyEstablished, wakeAt } from './draft.ts';
import { deleteGoal, isImplicit, isOurs, type OwnEndpoint, useGoal } from './endpoints.ts';
import type { Plan } from './plan.ts';
import type { Connection, LiveSubflow, State } from './state.ts';
import { isLive, isLost } from './subflows.ts';

/** What every kernel takes, and enough for as many subflows as subflowd itself makes. */
export const NEEDED: Limits = { subflows: 8, addAddrAccepted: 8 };

/** As many endpoints fit with every kernel. */
const FIT = 8;

/** How long the connections of a lost path are waited for until they have another subflow, and how often, in ms. */
const PATIENCE = 1_000;
const LOOK_AGAIN = 20;

interface Draft {
  readonly state: Readonly<State>;
  readonly now: number;
  readonly commands: Command[];
  /** The paths that should have an endpoint. */
  wanted: readonly Path[];
  /** Path keys whose endpoint this plan deletes. */
  readonly leaving: Set<string>;
  wakeAt: number;
}

export const planEndpoints = (state: Readonly<State>, now: number): Plan => {
  const draft: Draft = {
    state,
    now,
    commands: [],
    wanted: [],
    leaving: leavingAlready(state),
    wakeAt: Number.POSITIVE_INFINITY,
  };
  if (!state.synced) return draft;
  draft.wanted = wantedPaths(draft);
  setLimits(draft);
  // Added before others are deleted, so that the connections of those have somewhere to go.
  for (const path of draft.wanted) provide(draft, path);
  for (const endpoint of state.endpoints.ours.endpoints) retire(draft, endpoint);
  leaveInitialSubflows(draft);
  return draft;
};

/** What was asked already and is not answered. */
const leavingAlready = ({ endpoints }: Readonly<State>): Set<string> => {
  const keys = endpoints.ours.endpoints.map((own) => pathKey(own.address, own.ifindex));
  return new Set(keys.filter((key) => findAttempt(endpoints, deleteGoal(key))?.pending));
};

/** As many as the kernel takes, the most preferred ones. */
const wantedPaths = (draft: Draft): Path[] => {
  const { state } = draft;
  if (!state.endpoints.inUse) return [];
  const settled = state.intent.paths.filter((path) => isSettled(draft, path));
  const hasActive = settled.some(({ role }) => role === 'active');
  const wanted = settled.filter(({ role }) => role !== 'standby' || !hasActive);
  const { known, capacity } = state.endpoints;
  const strangers = known.filter(
    (endpoint) =>
      !isOurs(state.endpoints, endpoint) && !wanted.some((path) => isFor(path, endpoint)),
  );
  return wanted.slice(0, Math.max(0, capacity - strangers.length));
};

const isSettled = (draft: Draft, { key }: Path): boolean => {
  const settled = draft.state.settling.get(key) ?? 0;
  if (settled <= draft.now) return true;
  if (settled !== Number.POSITIVE_INFINITY) wakeAt(draft, settled);
  return false;
};

/**
 * `fullmesh`, since subflowd too joins every path to every address of the peer; but the kernel refuses it together
 * with `signal`, and does not join with it from an address whose initial subflow was closed: it takes that one for
 * alive (fill_remote_addresses_vec in pm_kernel.c). With a port it can only be announced: the kernel listens there,
 * and takes no `subflow`.
 */
const flagsOf = (state: Readonly<State>, path: Path): number => {
  const backup = path.role === 'backup' ? EndpointFlag.backup : 0;
  if (portOf(path.announce) !== 0) return EndpointFlag.signal | backup;
  if (path.announce) return EndpointFlag.signal | EndpointFlag.subflow | backup;
  const mesh = hasClosedInitial(state, path) ? 0 : EndpointFlag.fullmesh;
  return EndpointFlag.subflow | mesh | backup;
};

const hasClosedInitial = ({ connections }: Readonly<State>, { address }: Path): boolean => {
  for (const { owner, local, subflows } of connections.values()) {
    if (owner !== 'kernel' || unmapped(local.address) !== address) continue;
    if (!subflows.some((subflow) => subflow.initial && isLive(subflow))) return true;
  }
  return false;
};

const isFor = (path: Path, { address, port }: Endpoint): boolean =>
  address === path.address && port === portOf(path.announce);

const provide = (draft: Draft, path: Path): void => {
  const { state } = draft;
  const { endpoints } = state;
  const there = endpoints.known.find((one) => isFor(path, one) && !isImplicit(one));
  if (there === undefined) return add(draft, path);
  // Somebody else's is used as it stands.
  if (!isOurs(endpoints, there)) return;
  // Whether it is a full mesh was decided when it was added: a change would close its subflows.
  const changed = (there.flags ^ flagsOf(state, path)) & ~EndpointFlag.fullmesh;
  if (changed === 0) return addAgainIfUnused(draft, path, there);
  const why = `${path.interfaceName} is ${path.role} (${path.source})`;
  if (changed === EndpointFlag.backup) {
    const endpoint = { ...there, flags: there.flags ^ changed };
    return send(draft, { kind: 'set-flags', endpoint, goal: `flags ${path.key}`, why });
  }
  send(draft, { kind: 'del-addr', id: there.id, goal: deleteGoal(path.key), why });
};

/**
 * The kernel joins from an endpoint once: where that was too early, for want of a route say, nothing follows. While
 * nobody joined from it there is nothing to lose by adding it anew.
 */
const addAgainIfUnused = (draft: Draft, path: Path, { id }: Endpoint): void => {
  if (portOf(path.announce) !== 0 || !isUnused(draft.state, path)) return;
  const why = `no connection has joined from ${path.interfaceName}: it is added again`;
  send(draft, { kind: 'del-addr', id, goal: useGoal(path.key), why });
};

/** Connections could have a subflow on this path, and none has. */
const isUnused = ({ connections }: Readonly<State>, { key, family }: Path): boolean => {
  let isWanted = false;
  for (const { owner, serverSide, established, remote, subflows } of connections.values()) {
    if (owner !== 'kernel') continue;
    if (subflows.some((subflow) => subflow.key === key)) return false;
    const canJoin = serverSide === false && established;
    isWanted ||= canJoin && familyOf(unmapped(remote.address)) === family;
  }
  return isWanted;
};

const add = (draft: Draft, path: Path): void => {
  const { known, capacity } = draft.state.endpoints;
  const table = known.length + countAdded(draft);
  if (table >= capacity) return;
  // How many more there is room for is asked with one at a time.
  if (table >= FIT && (countAdded(draft) > 0 || isAdding(draft))) return;
  // The kernel puts a real endpoint in the place of an implicit one only where it may choose the id.
  const replaced = known.some((endpoint) => isFor(path, endpoint));
  const id = replaced ? 0 : freeId(draft);
  if (id === undefined) return;
  const { address, ifindex } = path;
  const announced = path.announce ? ', announced' : '';
  send(draft, {
    kind: 'add-addr',
    endpoint: {
      id,
      address,
      port: portOf(path.announce),
      flags: flagsOf(draft.state, path),
      ifindex,
    },
    goal: `endpoint ${path.key}`,
    why: `${path.interfaceName} is ${path.role}${announced} (${path.source})`,
  });
};

const isAdding = ({ state }: Draft): boolean =>
  state.endpoints.attempts.some(({ goal, pending }) => pending && goal.startsWith('endpoint '));

const countAdded = ({ commands }: Draft): number =>
  commands.filter(({ kind }) => kind === 'add-addr').length;

const freeId = ({ state, commands }: Draft): number | undefined => {
  const { known, ours } = state.endpoints;
  const taken = new Set([...known, ...ours.endpoints].map(({ id }) => id));
  for (const command of commands) if (command.kind === 'add-addr') taken.add(command.endpoint.id);
  for (let id = FIRST_ID; id <= LAST_ID; id++) if (!taken.has(id)) return id;
  return undefined;
};

/** Deletes what is ours and not wanted, once no connection would lose its only subflow by that. */
const retire = (draft: Draft, endpoint: OwnEndpoint): void => {
  const { state, wanted } = draft;
  const key = pathKey(endpoint.address, endpoint.ifindex);
  if (wanted.some((path) => path.key === key) || !isSpared(draft, key)) return;
  draft.leaving.add(key);
  const intent = state.intent.addresses.get(key);
  const why = intent !== undefined && 'why' in intent ? intent.why : 'the policy has no use for it';
  send(draft, { kind: 'del-addr', id: endpoint.id, goal: deleteGoal(key), why });
};

/** A lost path without an endpoint: what began there is closed by id 0 and the address. */
const leaveInitialSubflows = (draft: Draft): void => {
  const { state } = draft;
  for (const key of state.endpoints.lostAt.keys()) {
    const initial = findInitial(state, key);
    if (initial === undefined || !isSpared(draft, key)) continue;
    const intent = state.intent.addresses.get(key);
    const why = intent?.state === 'lost' ? intent.why : `${key} is not on this host any more`;
    send(draft, { kind: 'del-addr', id: 0, address: initial, goal: `leave ${key}`, why });
  }
};

/** The address of a subflow with id 0 on this path, where no endpoint stands for it. */
const findInitial = ({ connections, endpoints }: Readonly<State>, key: string) => {
  if (!endpoints.inUse) return undefined;
  const address = key.replace(/%.*/, '');
  const all = [...endpoints.known, ...endpoints.ours.endpoints];
  if (all.some((endpoint) => endpoint.address === address)) return undefined;
  for (const { owner, subflows } of connections.values()) {
    if (owner !== 'kernel') continue;
    if (subflows.some((one) => one.key === key && one.localId === 0 && isLive(one))) return address;
  }
  return undefined;
};

/** Every connection that has a subflow on this path has another one elsewhere. */
const isSpared = (draft: Draft, key: string): boolean => {
  const { state, now } = draft;
  const lostAt = state.endpoints.lostAt.get(key);
  // With every path lost nothing is deleted: TCP keeps the connections alive meanwhile.
  if (state.endpoints.inUse && draft.wanted.every((path) => path.key === key)) return false;
  if (lostAt !== undefined && now - lostAt >= PATIENCE) return true;
  const waiting = [...state.connections.values()].filter(
    (connection) => connection.owner === 'kernel' && !canMove(draft, connection, key),
  );
  if (waiting.length > 0) wakeAt(draft, now + LOOK_AGAIN);
  return waiting.length === 0;
};

/** Without a subflow that carries RM_ADDR the peer would hear nothing: it is asked of sock_diag. */
const canMove = (draft: Draft, connection: Connection, key: string): boolean => {
  const { now } = draft;
  const live = connection.subflows.filter(isLive);
  if (!live.some((subflow) => subflow.key === key)) return true;
  const others = live.filter((other) => other.key !== key && isStaying(draft, other));
  const asking = { connection, now, commands: [], wakeAt: Number.POSITIVE_INFINITY };
  const survivor = firstFullyEstablished(asking, others);
  draft.commands.push(...asking.commands);
  return survivor !== undefined;
};

const isStaying = ({ state, leaving }: Draft, subflow: LiveSubflow): boolean =>
  !isLost(state, subflow) && !leaving.has(subflow.key);

const setLimits = (draft: Draft): void => {
  const { intent, endpoints } = draft.state;
  const { inUse, limits, ours } = endpoints;
  if (limits === undefined) return;
  if (!inUse) return restoreLimits(draft, limits, ours.limitsBefore);
  const needed = raised(limits);
  if (intent.paths.length === 0 || isSame(limits, needed)) return;
  send(draft, { kind: 'set-limits', ...needed, goal: 'limits', why: 'the policy needs as many' });
};

/** Unless somebody has changed them meanwhile: then that stands. */
const restoreLimits = (draft: Draft, limits: Limits, before: Limits | undefined): void => {
  if (before === undefined || isSame(limits, before) || !isSame(limits, raised(before))) return;
  send(draft, { kind: 'set-limits', ...before, goal: 'limits', why: 'as they were before' });
};

const raised = (limits: Limits): Limits => ({
  subflows: Math.max(limits.subflows, NEEDED.subflows),
  addAddrAccepted: Math.max(limits.addAddrAccepted, NEEDED.addAddrAccepted),
});

const isSame = (a: Limits, b: Limits): boolean =>
  a.subflows === b.subflows && a.addAddrAccepted === b.addAddrAccepted;

const send = (draft: Draft, command: Command): void => {
  const attempt = findAttempt(draft.state.endpoints, command.goal);
  if (mayTry(attempt, draft.now)) draft.commands.push(command);
  else if (attempt !== undefined && !attempt.pending) wakeAt(draft, attempt.retryAt);
};
