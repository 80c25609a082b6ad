// Endpoints of ours that are not wanted any more: on a path that was lost, or that the policy has no use for now.

import { pathKey } from '../policy/intent.ts';
import { firstFullyEstablished, wakeAt } from './draft.ts';
import { type EndpointDraft, send } from './endpoint-draft.ts';
import { deleteGoal, type OwnEndpoint } from './endpoints.ts';
import type { Connection, LiveSubflow, State } from './state.ts';
import { isLive, isLost } from './subflows.ts';

/** How long the connections of a lost path are waited for until they have another subflow, and how often, in ms. */
const PATIENCE = 1_000;
const LOOK_AGAIN = 20;

/** Deletes what is ours and not wanted, once no connection would lose its only subflow by that. */
export const retire = (draft: EndpointDraft, endpoint: OwnEndpoint): void => {
  const { state, wanted } = draft;
  const key = pathKey(endpoint.address, endpoint.ifindex);
  if (wanted.some((path) => path.key === key) || !isSpared(draft, key)) return;
  draft.leaving.add(key);
  const intent = state.intent.addresses.get(key);
  const why = intent !== undefined && 'why' in intent ? intent.why : 'the policy has no use for it';
  send(draft, { kind: 'del-addr', id: endpoint.id, goal: deleteGoal(key), why });
};

/** A lost path without an endpoint: what began there is closed by id 0 and the address. */
export const leaveInitialSubflows = (draft: EndpointDraft): void => {
  const { state } = draft;
  for (const key of lostKeys(state)) {
    const initial = findInitial(state, key);
    if (initial === undefined || !isSpared(draft, key)) continue;
    const intent = state.intent.addresses.get(key);
    const why = intent?.state === 'lost' ? intent.why : `${key} is not on this host any more`;
    send(draft, { kind: 'del-addr', id: 0, address: initial, goal: `leave ${key}`, why });
  }
};

/** Paths that were lost, and those that were lost already when the daemon began. */
const lostKeys = (state: Readonly<State>): Set<string> => {
  const keys = new Set(state.endpoints.lostAt.keys());
  for (const { owner, subflows } of state.connections.values()) {
    if (owner !== 'kernel') continue;
    for (const one of subflows) if (one.localId === 0 && isLost(state, one)) keys.add(one.key);
  }
  return keys;
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
const isSpared = (draft: EndpointDraft, key: string): boolean => {
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
const canMove = (draft: EndpointDraft, connection: Connection, key: string): boolean => {
  const { now, state } = draft;
  const live = connection.subflows.filter(isLive);
  if (!live.some((subflow) => subflow.key === key)) return true;
  const others = live.filter((other) => other.key !== key && isStaying(draft, other));
  const asking = {
    ...{ connection, now, retries: state.retries, commands: [] },
    wakeAt: Number.POSITIVE_INFINITY,
  };
  const survivor = firstFullyEstablished(asking, others);
  draft.commands.push(...asking.commands);
  return survivor !== undefined;
};

const isStaying = ({ state, leaving }: EndpointDraft, subflow: LiveSubflow): boolean =>
  !isLost(state, subflow) && !leaving.has(subflow.key);
