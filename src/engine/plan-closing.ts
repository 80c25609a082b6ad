// Subflows that the policy does not want any more: on an interface that is off, on a standby path once a regular one
// is up, and duplicates. The initial subflow is not closed for its role alone.

import { unmapped } from '../model/address.ts';
import type { Draft } from './draft.ts';
import { destroyGoal, firstFullyEstablished, isDue, removeAndDestroy } from './draft.ts';
import type { LiveSubflow } from './state.ts';
import { intentOfSubflow, isRegular } from './subflows.ts';

export const closeUnwanted = (draft: Draft): void => {
  for (const subflow of draft.alive) {
    if (subflow.initial) continue;
    const why = whyUnwanted(draft, subflow);
    if (why === undefined) continue;
    const others = draft.alive.filter((other) => isBetter(draft, subflow, other));
    if (others.length === 0 || firstFullyEstablished(draft, others) === undefined) continue;
    removeAndDestroy(draft, subflow.localId, [subflow], why);
  }
  closeDuplicates(draft);
};

const isBetter = (draft: Draft, subflow: LiveSubflow, other: LiveSubflow): boolean =>
  other !== subflow && isRegular(draft.state, other) && other.key !== subflow.key;

const whyUnwanted = (draft: Draft, subflow: LiveSubflow): string | undefined => {
  const intent = intentOfSubflow(draft.state, subflow);
  if (intent?.state === 'off') return intent.why;
  // A peer's own join to our standby address is the peer's decision.
  if (intent?.state !== 'usable' || subflow.initiatedHere !== true) return undefined;
  if (intent.path.role !== 'standby') return undefined;
  return `${intent.path.interfaceName} is standby and an active path is up again`;
};

/** Two of the same pair come from an outcome that was lost: `subflow-create` is not idempotent. */
const closeDuplicates = (draft: Draft): void => {
  const { token } = draft.connection;
  draft.alive.forEach((subflow, index) => {
    if (subflow.initial || subflow.initiatedHere !== true) return;
    const original = draft.alive.findIndex((other) => isSamePair(subflow, other));
    const goal = destroyGoal(subflow);
    if (original >= index || !isDue(draft, goal)) return;
    const { local, remote } = subflow;
    const why = 'this pair of addresses has a subflow already';
    draft.commands.push({ kind: 'subflow-destroy', token, local, remote, goal, why });
  });
};

const isSamePair = (a: LiveSubflow, b: LiveSubflow): boolean =>
  a.key === b.key &&
  a.remote.port === b.remote.port &&
  unmapped(a.remote.address) === unmapped(b.remote.address);
