// What sock_diag said of one subflow: the facts that no event carries.

import type { Observed } from '../model/event.ts';
import { failed, findAttempt, forget } from './attempts.ts';
import type { State } from './state.ts';
import { dropSubflow, findSubflow } from './subflows.ts';

/** How soon to look again at a subflow that may not carry options yet: 5 ms, then less and less often. */
const lookAgainIn = (failures: number): number =>
  Math.min(5 * 2 ** Math.floor(failures / 16), 1_000);

export const applyObserved = (state: State, { command, subflow }: Observed, now: number): void => {
  const connection = state.connections.get(command.token);
  if (connection === undefined) return;
  state.dirty.add(command.token);
  if (connection.owner === 'kernel') state.endpoints.dirty = true;
  const known = findSubflow(connection, command.local, command.remote);
  if (known === undefined) return forget(connection, command.goal);
  if (subflow === undefined || subflow.state !== 'established') {
    // Its SUB_CLOSED is on its way, or was lost; or the kernel's answer is: there is no such subflow.
    dropSubflow(connection, known);
    return forget(connection, command.goal);
  }
  if (known.backupLocal === undefined && subflow.initiatedHere) {
    state.createsBackup = subflow.backupLocal;
  }
  known.initiatedHere = subflow.initiatedHere;
  known.backupLocal = subflow.backupLocal;
  known.backupRemote = subflow.backupRemote;
  known.fullyEstablished = subflow.fullyEstablished;
  known.rtt = subflow.rtt;
  if (known.fullyEstablished) return forget(connection, command.goal);
  const attempt = findAttempt(connection, command.goal);
  if (attempt === undefined) return;
  failed(attempt, { code: 'EAGAIN', errno: 11, text: 'not fully established yet' }, now);
  attempt.retryAt = now + lookAgainIn(attempt.failures);
};
