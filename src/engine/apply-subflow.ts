// Subflows that came and went.

import { unmapped } from '../model/address.ts';
import { errorName } from '../model/errno.ts';
import type { Refusal, SubflowEvent } from '../model/event.ts';
import type { Attempt } from './attempts.ts';
import { failed, reached } from './attempts.ts';
import type { Connection, LiveSubflow, State } from './state.ts';
import { dropSubflow, findSubflow, keyOf } from './subflows.ts';

export const subEstablished = (
  state: State,
  connection: Connection,
  event: SubflowEvent,
  now: number,
): void => {
  const attempt = joinAttemptOf(connection, event);
  const known = findSubflow(connection, event.local, event.remote);
  if (known?.established) return;
  if (known !== undefined) dropSubflow(connection, known);
  connection.subflows = connection.subflows.concat({
    key: keyOf(event),
    local: event.local,
    remote: event.remote,
    localId: event.localId,
    remoteId: event.remoteId,
    ifindex: event.ifindex,
    initial: false,
    established: true,
    initiatedHere: attempt === undefined ? undefined : true,
    backupLocal: backupAskedHere(state, attempt),
    backupRemote: event.backup,
    fullyEstablished: undefined,
    rtt: 0,
    closing: false,
  });
  if (attempt !== undefined) reached(attempt, now);
};

/** What this side asked of a new subflow: no event tells, and old kernels forget a join's backup flag. */
const backupAskedHere = (state: State, attempt: Attempt | undefined): boolean | undefined => {
  if (attempt?.join?.backup !== true) return false;
  return state.createsBackup;
};

export const subClosed = (connection: Connection, event: SubflowEvent, now: number): void => {
  const subflow = findClosed(connection, event);
  if (subflow !== undefined) dropSubflow(connection, subflow);
  const attempt = joinAttemptOf(connection, event);
  if (attempt === undefined || subflow?.closing) return;
  // Neither under way nor reached: this event is a replay, or the end of a duplicate.
  if (!attempt.pending && attempt.reachedAt === undefined) return;
  if (subflow === undefined && !attempt.pending) return;
  failed(attempt, problemOf(event), now);
};

/** A join that never got an answer is reported with the peer's port as 0. */
const findClosed = (connection: Connection, event: SubflowEvent): LiveSubflow | undefined =>
  findSubflow(connection, event.local, event.remote) ??
  connection.subflows.find(
    (subflow) =>
      !subflow.established &&
      event.remote.port === 0 &&
      subflow.local.port === event.local.port &&
      subflow.local.address === event.local.address,
  );

/** The join that this event is the outcome of. A failed one carries no remote id: its address decides. */
const joinAttemptOf = (connection: Connection, event: SubflowEvent): Attempt | undefined => {
  if (connection.attempts.length === 0) return undefined;
  const key = keyOf(event);
  return connection.attempts.find((attempt) => {
    const { join } = attempt;
    if (join?.pathKey !== key) return false;
    const remote = connection.remotes.find(({ id }) => id === join.remoteId);
    if (remote === undefined) return join.remoteId === event.remoteId;
    return (
      unmapped(remote.at.address) === unmapped(event.remote.address) &&
      (event.remote.port === remote.at.port || event.remote.port === 0)
    );
  });
};

const problemOf = (event: SubflowEvent): Refusal => {
  if (event.error !== 0) return { code: errorName(event.error), errno: event.error };
  if (event.resetReason !== undefined) {
    return { code: 'MP_TCPRST', errno: 0, text: `reset by the peer, reason ${event.resetReason}` };
  }
  return { code: 'CLOSED', errno: 0, text: 'closed by the peer, which may be at its limit' };
};
