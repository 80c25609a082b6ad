// The endpoints and limits that the in-kernel path manager needs for the same intent. Where subflowd itself manages
// every connection none is needed: then what is left of ours goes.

import { type Path, pathKey } from '../policy/intent.ts';
import { findAttempt } from './attempts.ts';
import type { Plan } from './draft.ts';
import { wakeAt } from './draft.ts';
import { type EndpointDraft, isFor } from './endpoint-draft.ts';
import { deleteGoal, isOurs } from './endpoints.ts';
import { provide } from './plan-endpoint-additions.ts';
import { leaveInitialSubflows, retire } from './plan-endpoint-deletions.ts';
import { setLimits } from './plan-limits.ts';
import { selectPathManager } from './plan-path-manager.ts';
import type { State } from './state.ts';

export const planEndpoints = (state: Readonly<State>, now: number): Plan => {
  const draft: EndpointDraft = {
    state,
    now,
    commands: [],
    wanted: [],
    leaving: leavingAlready(state),
    wakeAt: Number.POSITIVE_INFINITY,
  };
  if (!state.synced) return draft;
  draft.wanted = wantedPaths(draft);
  selectPathManager(draft);
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
const wantedPaths = (draft: EndpointDraft): Path[] => {
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

const isSettled = (draft: EndpointDraft, { key }: Path): boolean => {
  const settled = draft.state.settling.get(key) ?? 0;
  if (settled <= draft.now) return true;
  if (settled !== Number.POSITIVE_INFINITY) wakeAt(draft, settled);
  return false;
};
