// The backup flag of subflows that exist (MP_PRIO, RFC 8684 §3.3.8). A survivor that is flagged backup needs no flip:
// with no regular subflow left both sides use it.

import { EndpointFlag } from '../model/endpoint.ts';
import type { Draft } from './draft.ts';
import { destroyGoal, isDue, observe, pairOf } from './draft.ts';
import type { LiveSubflow } from './state.ts';
import { intentOfSubflow, isRegular } from './subflows.ts';

export const setPriorities = (draft: Draft): void => {
  for (const subflow of draft.alive) {
    const wanted = wantsBackup(draft, subflow);
    if (wanted === undefined || subflow.backupLocal === wanted) continue;
    if (draft.commands.some((command) => command.goal === destroyGoal(subflow))) continue;
    if (subflow.backupLocal === undefined) observe(draft, subflow, 'is it flagged backup?');
    else setFlags(draft, subflow, wanted);
  }
};

/** Undefined where the policy does not say, or where it does not matter now. */
const wantsBackup = (draft: Draft, subflow: LiveSubflow): boolean | undefined => {
  const intent = intentOfSubflow(draft.state, subflow);
  if (intent?.state === 'usable' && intent.path.role === 'active') return false;
  if (intent?.state === 'usable' && intent.path.role === 'standby' && !subflow.initial) {
    return undefined;
  }
  if (intent?.state !== 'usable' && intent?.state !== 'off') return undefined;
  const better = draft.alive.some((other) => other !== subflow && isRegular(draft.state, other));
  return better ? true : undefined;
};

const setFlags = (draft: Draft, subflow: LiveSubflow, backup: boolean): void => {
  const goal = `priority ${pairOf(subflow)}`;
  if (!isDue(draft, goal)) return;
  draft.commands.push({
    kind: 'set-flags',
    token: draft.connection.token,
    local: subflow.local,
    remote: subflow.remote,
    flags: backup ? EndpointFlag.backup : 0,
    goal,
    why: backup
      ? 'its path is not for regular use, and a better one is up'
      : 'its path is active (again)',
  });
};
