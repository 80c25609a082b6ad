// Addresses of ours that the peer should know (ADD_ADDR, RFC 8684 §3.4.1): those of servers only, since somebody must
// listen there. With a port that is us, so that the announcement waits for the listener.

import { familyOf, unmapped } from '../model/address.ts';
import type { Path } from '../policy/intent.ts';
import { announcedKeyOf, freeLocalId, localIdOf, portOf } from './address-ids.ts';
import type { Draft } from './draft.ts';
import { isDue, wakeAt } from './draft.ts';
import { isListening } from './listeners.ts';
import type { Connection } from './state.ts';

export const announceAddresses = (draft: Draft): void => {
  const { connection, state } = draft;
  if (connection.serverSide !== true) return;
  const taken: number[] = [];
  for (const path of state.intent.paths) {
    const key = announcedKeyOf(path);
    if (!isNews(connection, path, key) || !isSettled(draft, path)) continue;
    const goal = `announce ${key}`;
    const port = portOf(path.announce);
    if (!isDue(draft, goal) || (port !== 0 && !isListening(state, key))) continue;
    const localId = localIdOf(connection, key) || freeLocalId(connection, taken);
    if (localId === undefined) continue;
    taken.push(localId);
    draft.commands.push({
      kind: 'announce',
      token: connection.token,
      local: { address: path.address, port },
      localId,
      ifindex: path.ifindex,
      goal,
      why: `${path.interfaceName} is announced (${path.source})`,
    });
  }
};

/** The peer of this connection should know the path, and does not. */
export const isNews = (connection: Connection, path: Path, key: string): boolean => {
  if (path.announce === false || connection.serverSide !== true) return false;
  if (connection.announced.includes(key)) return false;
  // A connection between IPv4 addresses cannot be joined over IPv6 (RFC 8684 allows it, Linux does not).
  if (path.family !== familyOf(unmapped(connection.remote.address))) return false;
  // The peer knows the initial address as id 0, unless it was withdrawn.
  return localIdOf(connection, path.key) !== 0;
};

const isSettled = (draft: Draft, { key }: Path): boolean => {
  const settled = draft.state.settling.get(key) ?? 0;
  if (settled > draft.now) wakeAt(draft, settled);
  return settled <= draft.now;
};
