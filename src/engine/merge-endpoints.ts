// The kernel's table of endpoints as it is. What of ours is not in it was deleted by somebody else.

import type { Snapshot } from '../model/snapshot.ts';
import { type Endpoints, isSameEndpoint } from './endpoints.ts';

export const mergeEndpoints = (
  endpoints: Endpoints,
  snapshot: Pick<Snapshot, 'endpoints' | 'limits'>,
  startedAt: number,
): void => {
  const { ours } = endpoints;
  const known = snapshot.endpoints;
  // Its answer was lost, but not its outcome.
  endpoints.attempts = endpoints.attempts.filter((one) => !one.pending || one.sentAt >= startedAt);
  const isAsked = endpoints.attempts.some(({ pending }) => pending);
  endpoints.known = known;
  if (endpoints.capacity < known.length) endpoints.capacity = known.length;
  endpoints.limits = snapshot.limits;
  const left = ours.endpoints.filter((own) => known.some((one) => isSameEndpoint(own, one)));
  if (!isAsked && left.length < ours.endpoints.length) {
    endpoints.ours = { ...ours, endpoints: left };
  }
  endpoints.dirty = true;
};
