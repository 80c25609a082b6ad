// The limits of the in-kernel path manager: raised to what the policy needs, never lowered, and put back.

import type { Limits } from '../model/endpoint.ts';
import { type EndpointDraft, send } from './endpoint-draft.ts';
import { mayRepair } from './rivals.ts';

/** What every kernel takes, and enough for as many subflows as subflowd itself makes. */
const NEEDED: Limits = { subflows: 8, addAddrAccepted: 8 };

/** Goal, and subject of rivals. */
export const LIMITS = 'limits';

export const setLimits = (draft: EndpointDraft): void => {
  const { intent, endpoints } = draft.state;
  const { inUse, limits, ours } = endpoints;
  if (limits === undefined) return;
  if (!inUse) return restoreLimits(draft, limits, ours.limitsBefore);
  if (!mayRepair(draft.state, LIMITS)) return;
  const needed = raised(limits);
  if (intent.paths.length === 0 || sameLimits(limits, needed)) return;
  send(draft, { kind: 'set-limits', ...needed, goal: LIMITS, why: 'the policy needs as many' });
};

/** Unless somebody has changed them meanwhile: then that stands. */
const restoreLimits = (draft: EndpointDraft, limits: Limits, before: Limits | undefined): void => {
  if (before === undefined || sameLimits(limits, before) || !sameLimits(limits, raised(before)))
    return;
  send(draft, { kind: 'set-limits', ...before, goal: LIMITS, why: 'as they were before' });
};

export const raised = (limits: Limits): Limits => ({
  subflows: Math.max(limits.subflows, NEEDED.subflows),
  addAddrAccepted: Math.max(limits.addAddrAccepted, NEEDED.addAddrAccepted),
});

export const sameLimits = (a: Limits, b: Limits): boolean =>
  a.subflows === b.subflows && a.addAddrAccepted === b.addAddrAccepted;
