// Remembers what was asked of the kernel, so that nothing is asked twice while it is under way.

import type { Command } from '../model/command.ts';
import { pathKey } from '../policy/intent.ts';
import { adoptLocalId, announcedKeyIn } from './address-ids.ts';
import { beginAttempt, findAttempt, isRetry } from './attempts.ts';
import { markListener } from './listeners.ts';
import { markEndpointSent } from './mark-endpoint-sent.ts';
import { spendRetry } from './retry-budget.ts';
import type { Connection, State } from './state.ts';
import { findRemote, findSubflow } from './subflows.ts';

/** RM_ADDR has no receipt: one for id 0 is repeated after a round trip, or this many ms. */
const REPEAT_REMOVE = 50;

/** Goal of the repetition, which is not repeated again. */
export const REPEATED_REMOVE = 'remove 0 again';

export const markSent = (state: State, commands: readonly Command[], now: number): void => {
  for (const command of commands) {
    if (!('token' in command)) {
      if (command.kind === 'listen' || command.kind === 'unlisten')
        markListener(state, command, now);
      else markEndpointSent(state.endpoints, command, now);
      continue;
    }
    const connection = state.connections.get(command.token);
    if (connection === undefined) continue;
    // To look at a subflow again is no trouble to anybody.
    const isCounted = command.kind !== 'observe';
    if (isCounted && isRetry(findAttempt(connection, command.goal))) spendRetry(state.retries, now);
    mark(connection, command, now);
  }
};

const mark = (
  connection: Connection,
  command: Command & { readonly token: number },
  now: number,
): void => {
  switch (command.kind) {
    case 'subflow-create': {
      const key = pathKey(command.local.address, command.ifindex);
      adoptLocalId(connection, key, command.localId);
      beginAttempt(connection, command.goal, now, {
        pathKey: key,
        remoteId: findRemote(connection, command.remote)?.id ?? 0,
        backup: command.backup,
      });
      return;
    }
    case 'subflow-destroy': {
      const subflow = findSubflow(connection, command.local, command.remote);
      if (subflow !== undefined) subflow.closing = true;
      beginAttempt(connection, command.goal, now);
      return;
    }
    case 'remove':
      return markRemoved(connection, command.localId, command.goal, now);
    case 'announce': {
      const key = announcedKeyIn(command);
      adoptLocalId(connection, key, command.localId);
      // Until it is refused: an announcement whose answer was lost must be withdrawn all the same.
      connection.announced = connection.announced.concat(key);
      beginAttempt(connection, command.goal, now);
      return;
    }
    case 'set-flags':
    case 'observe':
      beginAttempt(connection, command.goal, now);
      return;
    default:
  }
};

const markRemoved = (connection: Connection, localId: number, goal: string, now: number): void => {
  beginAttempt(connection, goal, now);
  if (localId !== 0) return;
  // A server tells of its initial address again, under an id that can be announced.
  if (connection.serverSide) connection.localIds = connection.localIds.filter(({ id }) => id !== 0);
  const rtt = Math.max(0, ...connection.subflows.map((subflow) => subflow.rtt)) / 1_000;
  connection.repeatRemoveAt =
    goal === REPEATED_REMOVE ? undefined : now + Math.max(rtt, REPEAT_REMOVE);
};
