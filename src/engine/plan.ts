// What is missing: the commands between what is true and what the intent asks for. Pure, and the same whether the
// state came from events or from a snapshot.

import type { Draft, Plan } from './draft.ts';
import { announceAddresses } from './plan-announcements.ts';
import { closeUnwanted } from './plan-closing.ts';
import { joinPaths } from './plan-joins.ts';
import { leaveLostPaths } from './plan-losses.ts';
import { setPriorities } from './plan-priorities.ts';
import type { Connection, State } from './state.ts';
import { isLive, isLost } from './subflows.ts';

const NOTHING: Plan = { commands: [], wakeAt: Number.POSITIVE_INFINITY };

export const planConnection = (
  state: Readonly<State>,
  connection: Readonly<Connection>,
  now: number,
): Plan => {
  // Never from half-known state, and never what another path manager decides.
  if (!state.synced || connection.owner === 'kernel') return NOTHING;
  const live = connection.subflows.filter(isLive);
  const draft: Draft = {
    state,
    connection,
    now,
    retries: state.retries,
    alive: live.filter((subflow) => !isLost(state, subflow)),
    lost: live.filter((subflow) => isLost(state, subflow)),
    commands: [],
    wakeAt: Number.POSITIVE_INFINITY,
  };
  leaveLostPaths(draft);
  closeUnwanted(draft);
  joinPaths(draft);
  setPriorities(draft);
  announceAddresses(draft);
  return draft;
};
