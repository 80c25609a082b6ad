// The kernel's answer to a command. For a join it is not the outcome: that comes as an event.

import type { Command } from '../model/command.ts';
import { EndpointFlag } from '../model/endpoint.ts';
import type { CommandDone, Refusal } from '../model/event.ts';
import { isNotOurs } from '../model/owner.ts';
import { pathKey } from '../policy/intent.ts';
import { adoptLocalId, announcedKeyIn, freeLocalId } from './address-ids.ts';
import { applyEndpointDone } from './apply-endpoint-done.ts';
import { failed, findAttempt, forget } from './attempts.ts';
import { applyListenDone } from './listeners.ts';
import { PATH_MANAGER } from './plan-path-manager.ts';
import { mayRepair } from './rivals.ts';
import type { Connection, State } from './state.ts';
import { dropSubflow, findSubflow } from './subflows.ts';

export const applyCommandDone = (state: State, done: CommandDone, now: number): void => {
  const { command, refusal } = done;
  if (command.kind === 'listen' || command.kind === 'unlisten') {
    return applyListenDone(state, command, refusal, now);
  }
  if (!('token' in command)) return applyEndpointDone(state, done, now);
  const connection = state.connections.get(command.token);
  if (connection === undefined) return;
  // An accepted join is still under way: nothing has changed that could be planned on.
  if (refusal === undefined && command.kind === 'subflow-create') return;
  state.dirty.add(command.token);
  if (refusal === undefined) accepted(connection, command);
  else refused(state, connection, command, refusal, now);
};

const accepted = (connection: Connection, command: Command): void => {
  switch (command.kind) {
    case 'set-flags': {
      if (!('token' in command)) return;
      const subflow = findSubflow(connection, command.local, command.remote);
      if (subflow !== undefined) {
        subflow.backupLocal = (command.flags & EndpointFlag.backup) !== 0;
      }
      return forget(connection, command.goal);
    }
    case 'remove':
      withdrawn(connection, command.localId);
      return forget(connection, command.goal);
    case 'announce':
    case 'subflow-destroy':
      return forget(connection, command.goal);
    default:
  }
};

/** The peer knows this address no more. */
const withdrawn = (connection: Connection, localId: number): void => {
  const keys = connection.localIds.filter(({ id }) => id === localId).map(({ key }) => key);
  connection.announced = connection.announced.filter((key) => !keys.includes(key));
};

const refused = (
  state: State,
  connection: Connection,
  command: Command,
  refusal: Refusal,
  now: number,
): void => {
  if (isNotOurs(refusal)) {
    // Where no snapshot can tell the owner, this is the first news of it.
    connection.owner = 'kernel';
    // Unless it was there before, somebody else has chosen the path manager of new connections.
    const isNews = state.manager === 'userspace' && mayRepair(state, PATH_MANAGER);
    if (isNews) state.resync ??= 'a connection belongs to the in-kernel path manager';
    return forget(connection, command.goal);
  }
  if (command.kind === 'remove' && refusal.code === 'EINVAL') {
    // The connection's list does not have it: somebody else was first, or the answer to the first one was lost.
    withdrawn(connection, command.localId);
    return forget(connection, command.goal);
  }
  if (command.kind === 'announce') {
    const refusedKey = announcedKeyIn(command);
    connection.announced = connection.announced.filter((key) => key !== refusedKey);
  }
  const attempt = findAttempt(connection, command.goal);
  if (attempt === undefined) return;
  if (command.kind === 'subflow-create' && command.localId === 0 && refusal.code === 'EINVAL') {
    // Before Linux 6.7 id 0 cannot be joined from again: the address gets an id of its own.
    const id = freeLocalId(connection);
    if (id !== undefined)
      adoptLocalId(connection, pathKey(command.local.address, command.ifindex), id);
    return forget(connection, command.goal);
  }
  if (command.kind === 'subflow-destroy') {
    const subflow = findSubflow(connection, command.local, command.remote);
    if (subflow !== undefined && refusal.code === 'ESRCH') {
      dropSubflow(connection, subflow);
      return forget(connection, command.goal);
    }
    if (subflow !== undefined) subflow.closing = false;
  }
  failed(attempt, refusal, now);
  // Nearly everything that the kernel refuses is EINVAL: our picture of this connection is wrong.
  if (refusal.code === 'EINVAL' && attempt.failures === 1) {
    state.resync ??= `${command.kind} was refused: ${refusal.text ?? refusal.code}`;
  }
};
