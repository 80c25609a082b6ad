// Addresses of ours that the peer should know (ADD_ADDR, RFC 8684 §3.4.1): those of servers only, since somebody must
// listen there.

import { familyOf, unmapped } from '../model/address.ts';
import type { Path } from '../policy/intent.ts';
import { freeLocalId, localIdOf } from './address-ids.ts';
import { isDue, wakeAt } from './draft.ts';
import type { Draft } from './plan.ts';

export const announceAddresses = (draft: Draft): void => {
  const { connection, state } = draft;
  if (connection.serverSide !== true) return;
  const taken: number[] = [];
  for (const path of state.intent.paths) {
    const { key } = path;
    if (!path.announce || !isNews(draft, path, key)) continue;
    const goal = `announce ${key}`;
    if (!isDue(draft, goal)) continue;
    const known = localIdOf(connection, key);
    const localId = known || freeLocalId(connection, taken);
    if (localId === undefined) continue;
    taken.push(localId);
    draft.commands.push({
      kind: 'announce',
      token: connection.token,
      // Port 0: the peer joins at the port of this connection, where the application listens.
      local: { address: path.address, port: 0 },
      localId,
      ifindex: path.ifindex,
      goal,
      why: `${path.interfaceName} is announced (${path.source})`,
    });
  }
};

const isNews = (draft: Draft, path: Path, key: string): boolean => {
  const { connection, state, now } = draft;
  if (connection.announced.includes(key)) return false;
  if (!isUsableByPeer(draft, path)) return false;
  const settled = state.settling.get(key) ?? 0;
  if (settled > now) {
    wakeAt(draft, settled);
    return false;
  }
  // The peer knows the initial address as id 0, unless it was withdrawn.
  return localIdOf(connection, key) !== 0;
};

/** A connection between IPv4 addresses cannot be joined over IPv6 (RFC 8684 allows it, Linux does not). */
const isUsableByPeer = ({ connection }: Draft, path: Path): boolean =>
  path.family === familyOf(unmapped(connection.remote.address));
