// Paths that should have an endpoint and do not, or not with the right flags.

import { familyOf, unmapped } from '../model/address.ts';
import { type Endpoint, EndpointFlag } from '../model/endpoint.ts';
import type { Path } from '../policy/intent.ts';
import { FIRST_ID, LAST_ID, portOf } from './address-ids.ts';
import { type EndpointDraft, isFor, send } from './endpoint-draft.ts';
import {
  addGoal,
  deleteGoal,
  endpointSubject,
  FIT,
  isAddGoal,
  isImplicit,
  isOurs,
  useGoal,
} from './endpoints.ts';
import { mayRepair } from './rivals.ts';
import type { State } from './state.ts';
import { isLive } from './subflows.ts';

export const provide = (draft: EndpointDraft, path: Path): void => {
  const { state } = draft;
  const { endpoints } = state;
  if (!mayRepair(state, endpointSubject(path.address))) return;
  const there = endpoints.known.find((one) => isFor(path, one) && !isImplicit(one));
  if (there === undefined) return add(draft, path);
  // Somebody else's is used as it stands.
  if (!isOurs(endpoints, there)) return;
  // Whether it is a full mesh was decided when it was added: a change would close its subflows.
  const changed = (there.flags ^ flagsOf(state, path)) & ~EndpointFlag.fullmesh;
  if (changed === 0) return addAgainIfUnused(draft, path, there);
  const why = `${path.interfaceName} is ${path.role} (${path.source})`;
  if (changed === EndpointFlag.backup) {
    const endpoint = { ...there, flags: there.flags ^ changed };
    return send(draft, { kind: 'set-flags', endpoint, goal: `flags ${path.key}`, why });
  }
  send(draft, { kind: 'del-addr', id: there.id, goal: deleteGoal(path.key), why });
};

/**
 * The kernel joins from an endpoint once: where that was too early, for want of a route say, nothing follows. While
 * nobody joined from it there is nothing to lose by adding it anew.
 */
const addAgainIfUnused = (draft: EndpointDraft, path: Path, { id }: Endpoint): void => {
  if (portOf(path.announce) !== 0 || !isUnused(draft.state, path)) return;
  const why = `no connection has joined from ${path.interfaceName}: it is added again`;
  send(draft, { kind: 'del-addr', id, goal: useGoal(path.key), why });
};

/** Connections could have a subflow on this path, and none has. */
const isUnused = ({ connections }: Readonly<State>, { key, family }: Path): boolean => {
  let isWanted = false;
  for (const { owner, serverSide, established, remote, subflows } of connections.values()) {
    if (owner !== 'kernel') continue;
    if (subflows.some((subflow) => subflow.key === key)) return false;
    const canJoin = serverSide === false && established;
    isWanted ||= canJoin && familyOf(unmapped(remote.address)) === family;
  }
  return isWanted;
};

const add = (draft: EndpointDraft, path: Path): void => {
  const { known, capacity } = draft.state.endpoints;
  const table = known.length + countAdded(draft);
  if (table >= capacity) return;
  // How many more there is room for is asked with one at a time.
  if (table >= FIT && (countAdded(draft) > 0 || isAdding(draft))) return;
  // The kernel puts a real endpoint in the place of an implicit one only where it may choose the id.
  const replaced = known.some((endpoint) => isFor(path, endpoint));
  const id = replaced ? 0 : freeId(draft);
  if (id === undefined) return;
  const { address, ifindex } = path;
  const announced = path.announce ? ', announced' : '';
  send(draft, {
    kind: 'add-addr',
    endpoint: {
      id,
      address,
      port: portOf(path.announce),
      flags: flagsOf(draft.state, path),
      ifindex,
    },
    goal: addGoal(path.key),
    why: `${path.interfaceName} is ${path.role}${announced} (${path.source})`,
  });
};

const isAdding = ({ state }: EndpointDraft): boolean =>
  state.endpoints.attempts.some(({ goal, pending }) => pending && isAddGoal(goal));

const countAdded = ({ commands }: EndpointDraft): number =>
  commands.filter(({ kind }) => kind === 'add-addr').length;

const freeId = ({ state, commands }: EndpointDraft): number | undefined => {
  const { known, ours } = state.endpoints;
  const taken = new Set([...known, ...ours.endpoints].map(({ id }) => id));
  for (const command of commands) if (command.kind === 'add-addr') taken.add(command.endpoint.id);
  for (let id = FIRST_ID; id <= LAST_ID; id++) if (!taken.has(id)) return id;
  return undefined;
};

/**
 * `fullmesh`, since subflowd too joins every path to every address of the peer; but the kernel refuses it together
 * with `signal`, and does not join with it from an address whose initial subflow was closed: it takes that one for
 * alive (fill_remote_addresses_vec in pm_kernel.c). With a port it can only be announced: the kernel listens there,
 * and takes no `subflow`.
 */
const flagsOf = (state: Readonly<State>, path: Path): number => {
  const backup = path.role === 'backup' ? EndpointFlag.backup : 0;
  if (portOf(path.announce) !== 0) return EndpointFlag.signal | backup;
  if (path.announce) return EndpointFlag.signal | EndpointFlag.subflow | backup;
  const mesh = hasClosedInitial(state, path) ? 0 : EndpointFlag.fullmesh;
  return EndpointFlag.subflow | mesh | backup;
};

const hasClosedInitial = ({ connections }: Readonly<State>, { address }: Path): boolean => {
  for (const { owner, local, subflows } of connections.values()) {
    if (owner !== 'kernel' || unmapped(local.address) !== address) continue;
    if (!subflows.some((subflow) => subflow.initial && isLive(subflow))) return true;
  }
  return false;
};
