// The kernel's table of endpoints as it is, its limits, and which path manager new connections get. What differs from
// what was asked for, was changed by somebody else.

import type { Snapshot } from '../model/snapshot.ts';
import { pathKey } from '../policy/intent.ts';
import {
  addGoal,
  deleteGoal,
  endpointSubject,
  isSameEndpoint,
  type OwnEndpoint,
  useGoal,
} from './endpoints.ts';
import { LIMITS, raised, sameLimits } from './plan-limits.ts';
import { PATH_MANAGER } from './plan-path-manager.ts';
import { noticeRival } from './rivals.ts';
import type { State } from './state.ts';

type Table = Pick<Snapshot, 'endpoints' | 'limits' | 'pathManager'>;

export const mergeEndpoints = (
  state: State,
  snapshot: Table,
  startedAt: number,
  now: number,
): void => {
  const { endpoints } = state;
  const lostAnswers = new Set<string>();
  // Its answer was lost, but not its outcome.
  endpoints.attempts = endpoints.attempts.filter(({ goal, pending, sentAt }) => {
    const isLost = pending && sentAt < startedAt;
    if (isLost) lostAnswers.add(goal);
    return !isLost;
  });
  const isUnderWay = endpoints.attempts.some(({ pending }) => pending);
  // Before the first snapshot is merged nothing is known to have been there.
  if (state.synced && !isUnderWay) noticeChanges(state, snapshot, lostAnswers, now);
  adopt(state, snapshot, isUnderWay);
};

const adopt = (state: State, snapshot: Table, isUnderWay: boolean): void => {
  const { endpoints } = state;
  const { ours } = endpoints;
  const known = snapshot.endpoints;
  state.pathManager = snapshot.pathManager;
  endpoints.known = known;
  if (endpoints.capacity < known.length) endpoints.capacity = known.length;
  endpoints.limits = snapshot.limits;
  const left = ours.endpoints.filter((own) => known.some((one) => isSameEndpoint(own, one)));
  if (!isUnderWay && left.length < ours.endpoints.length) {
    endpoints.ours = { ...ours, endpoints: left };
  }
  endpoints.dirty = true;
};

const noticeChanges = (
  state: State,
  { pathManager, endpoints, limits }: Table,
  lostAnswers: ReadonlySet<string>,
  now: number,
): void => {
  const { ours, inUse } = state.endpoints;
  if (pathManager !== undefined && pathManager !== state.manager) {
    const found = `somebody has given new connections the path manager ${pathManager}`;
    noticeRival(state, PATH_MANAGER, found, now);
  }
  if (!inUse) return;
  if (ours.limitsBefore !== undefined && !lostAnswers.has(LIMITS)) {
    if (!sameLimits(limits, raised(limits))) {
      const { subflows, addAddrAccepted } = limits;
      const found = `somebody has set the limits to ${subflows} subflows and ${addAddrAccepted} accepted addresses`;
      noticeRival(state, LIMITS, found, now);
    }
  }
  for (const own of ours.endpoints) {
    if (goalsOf(own).some((goal) => lostAnswers.has(goal))) continue;
    const found = changeOf(own, endpoints);
    if (found !== undefined) noticeRival(state, endpointSubject(own.address), found, now);
  }
};

const goalsOf = ({ address, ifindex }: OwnEndpoint): string[] => {
  const key = pathKey(address, ifindex);
  return [addGoal(key), deleteGoal(key), useGoal(key), `flags ${key}`];
};

const changeOf = (own: OwnEndpoint, known: Table['endpoints']): string | undefined => {
  const there = known.find((one) => isSameEndpoint(own, one));
  if (there === undefined) return `somebody has deleted endpoint ${own.address} id ${own.id}`;
  if (there.flags === own.flags) return undefined;
  return `somebody has changed the flags of endpoint ${own.address} id ${own.id}`;
};
