// One event into the state. The reducers are idempotent: events come twice, late, or for strangers, and after a
// resync they are replayed.

import type { KernelEvent, SubflowEvent } from '../model/event.ts';
import { adoptLocalId } from './address-ids.ts';
import { applyCommandDone } from './apply-command-done.ts';
import { applyHostEvent } from './apply-host-event.ts';
import { applyObserved } from './apply-observed.ts';
import { subClosed, subEstablished } from './apply-subflow.ts';
import { end } from './ended.ts';
import { applyListenerClosed } from './listeners.ts';
import {
  type Connection,
  createConnection,
  isSameConnection,
  type LiveSubflow,
  type State,
} from './state.ts';
import { findSubflow, keyOf, setRemote } from './subflows.ts';

type Opened = KernelEvent & { readonly kind: 'created' | 'established' };

/** Changes the state, and marks what must be planned again. `now` is in ms and never goes back. */
export const apply = (state: State, event: KernelEvent, now: number): void => {
  switch (event.kind) {
    case 'created':
    case 'established':
      return opened(state, event);
    case 'closed':
      return end(state, event.token);
    case 'announced':
    case 'removed':
    case 'sub-established':
    case 'sub-closed':
    case 'sub-priority': {
      const connection = state.connections.get(event.token);
      if (connection === undefined) return missedBeginning(state, event);
      applyToConnection(state, connection, event, now);
      state.dirty.add(event.token);
      return;
    }
    case 'command-done':
      return applyCommandDone(state, event, now);
    case 'observed':
      return applyObserved(state, event, now);
    case 'link':
    case 'link-removed':
    case 'address':
    case 'address-removed':
    case 'default-routes':
    case 'route-added':
      return applyHostEvent(state, event, now);
    case 'lost':
      state.resync = `${event.socket}: ${event.reason}`;
      return;
    case 'clock-set':
      state.resync = 'the machine slept, or its clock was set';
      return;
    case 'listener-closed':
      return applyListenerClosed(state, event);
    case 'listener-created':
    case 'listener-reset':
    case 'unknown':
      return;
    default:
      event satisfies never;
  }
};

const opened = (state: State, event: Opened): void => {
  if (event.kind === 'created') state.ended.delete(event.token);
  else if (state.ended.has(event.token)) return;
  let connection = state.connections.get(event.token);
  // A token is free again once its connection has ended, whether or not that was told.
  if (connection === undefined || !isSameConnection(connection, event)) {
    // One that is not is told apart by the next snapshot, or by the kernel's refusal.
    const owner = state.manager === 'kernel' ? 'kernel' : undefined;
    connection = createConnection({ ...event, owner });
    connection.subflows = [initialSubflow(event)];
    state.connections.set(event.token, connection);
  }
  connection.serverSide = event.serverSide;
  connection.denyJoinId0 = event.denyJoinId0;
  if (event.kind === 'established') connection.established = true;
  // Before data was acknowledged a client can do nothing, while a server announces at once.
  if (connection.established || event.serverSide) state.dirty.add(event.token);
};

const initialSubflow = (event: Opened): LiveSubflow => ({
  key: keyOf({ local: event.local, ifindex: 0 }),
  local: event.local,
  remote: event.remote,
  localId: 0,
  remoteId: 0,
  ifindex: 0,
  initial: true,
  established: true,
  initiatedHere: !event.serverSide,
  backupLocal: false,
  backupRemote: false,
  fullyEstablished: undefined,
  rtt: 0,
  closing: false,
});

/** How many events may wait for a resync: with more, it is the resync that is late. */
const MAX_EARLY = 1024;

const missedBeginning = (state: State, event: KernelEvent): void => {
  // The end of an unknown subflow is no news: a connection that has just closed may still have that.
  if (event.kind === 'sub-closed' || state.early.length >= MAX_EARLY) return;
  state.early.push(event);
  state.resync ??= `${event.kind} of an unknown connection`;
};

const applyToConnection = (
  state: State,
  connection: Connection,
  event: SubflowEvent | (KernelEvent & { readonly kind: 'announced' | 'removed' }),
  now: number,
): void => {
  switch (event.kind) {
    case 'announced':
      return setRemote(connection, event.remoteId, event.remote);
    case 'removed':
      connection.remotes = connection.remotes.filter(({ id }) => id !== event.remoteId);
      // What the peer closes with it is no failure of the path.
      connection.attempts = connection.attempts.filter(
        ({ join, pending }) => pending || join?.remoteId !== event.remoteId,
      );
      return;
    case 'sub-established':
      adoptLocalId(connection, keyOf(event), event.localId);
      if (!connection.remotes.some(({ id }) => id === event.remoteId)) {
        setRemote(connection, event.remoteId, event.remote);
      }
      return subEstablished(state, connection, event, now);
    case 'sub-closed':
      return subClosed(connection, event, now);
    case 'sub-priority': {
      const subflow = findSubflow(connection, event.local, event.remote);
      if (subflow !== undefined) subflow.backupRemote = event.backup;
      return;
    }
    default:
      event satisfies never;
  }
};
