// Which path manager new connections get: as long as subflowd runs, the one that it works with.

import { type EndpointDraft, send } from './endpoint-draft.ts';
import { mayRepair } from './rivals.ts';

/** Goal, and subject of rivals. */
export const PATH_MANAGER = 'path manager';

export const selectPathManager = (draft: EndpointDraft): void => {
  const { pathManager, manager } = draft.state;
  if (pathManager === undefined || pathManager === manager) return;
  if (!mayRepair(draft.state, PATH_MANAGER)) return;
  const why = `new connections got that of ${pathManager}`;
  send(draft, { kind: 'select-path-manager', manager, goal: PATH_MANAGER, why });
};
