// Paths that should carry a subflow and do not yet. The side that opened the connection joins: a server can be
// reached through NAT, a client seldom.

import { familyOf, formatSocketAddress, unmapped } from '../model/address.ts';
import type { Path } from '../policy/intent.ts';
import { freeLocalId, localIdOf } from './address-ids.ts';
import type { Draft } from './draft.ts';
import { isDue, wakeAt } from './draft.ts';
import type { RemoteAddress } from './state.ts';
import { isRegular } from './subflows.ts';

/** As many as the in-kernel path manager allows; the kernel itself has no limit here. */
const MAX_SUBFLOWS = 8;

export const joinPaths = (draft: Draft): void => {
  const { connection, state } = draft;
  if (connection.serverSide !== false || !connection.established) return;
  let room = MAX_SUBFLOWS - subflowsAndJoins(draft);
  const taken: number[] = [];
  for (const path of state.intent.paths) {
    if (!isWanted(draft, path)) continue;
    let localId: number | undefined;
    for (const remote of connection.remotes) {
      if (room <= 0) return;
      if (!isReachable(draft, path, remote) || hasSubflow(draft, path, remote)) continue;
      localId ??= idFor(draft, path, taken);
      if (localId !== undefined && join(draft, path, remote, localId)) room -= 1;
    }
  }
};

const subflowsAndJoins = ({ connection }: Draft): number =>
  connection.subflows.filter(({ closing }) => !closing).length +
  connection.attempts.filter(({ join, pending }) => join !== undefined && pending).length;

const isWanted = (draft: Draft, path: Path): boolean => {
  const settled = draft.state.settling.get(path.key) ?? 0;
  if (settled > draft.now) {
    wakeAt(draft, settled);
    return false;
  }
  return path.role !== 'standby' || !draft.alive.some((subflow) => isRegular(draft.state, subflow));
};

const isReachable = (draft: Draft, path: Path, { id, at }: RemoteAddress): boolean => {
  if (id === 0 && draft.connection.denyJoinId0) return false;
  const address = unmapped(at.address);
  if (familyOf(address) !== path.family) return false;
  // An IPv4 socket has no IPv6 subflows, whatever the host has.
  if (path.family === 'ipv6' && draft.connection.family === 'ipv4') return false;
  const loopback = address.startsWith('127.') || address === '::1';
  return !loopback && !draft.state.intent.addresses.has(address);
};

const hasSubflow = (draft: Draft, path: Path, { id, at }: RemoteAddress): boolean => {
  return draft.connection.subflows.some(
    (subflow) =>
      subflow.key === path.key &&
      (subflow.remoteId === id || unmapped(subflow.remote.address) === unmapped(at.address)),
  );
};

const idFor = (draft: Draft, path: Path, taken: number[]): number | undefined => {
  const known = localIdOf(draft.connection, path.key);
  if (known !== undefined) return known;
  const id = freeLocalId(draft.connection, taken);
  if (id !== undefined) taken.push(id);
  return id;
};

const join = (draft: Draft, path: Path, { id, at }: RemoteAddress, localId: number): boolean => {
  const goal = `join ${path.key} → ${id}`;
  if (!isDue(draft, goal)) return false;
  const remote = { address: unmapped(at.address), port: at.port || draft.connection.remote.port };
  draft.commands.push({
    kind: 'subflow-create',
    token: draft.connection.token,
    local: { address: path.address, port: 0 },
    localId,
    remote,
    ifindex: path.ifindex,
    backup: path.role === 'backup',
    goal,
    why: `${path.interfaceName} is ${path.role} (${path.source}) and has no subflow to ${formatSocketAddress(remote)}`,
  });
  return true;
};
