// The kernel's answer to a command for its own path manager, which is the outcome too: no event follows.

import { unmapped } from '../model/address.ts';
import type { Command } from '../model/command.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { CommandDone, Refusal } from '../model/event.ts';
import { pathKey } from '../policy/intent.ts';
import { beginAttempt, failed, findAttempt, forget } from './attempts.ts';
import { type Endpoints, FIT, isSameEndpoint, type OwnEndpoint, useGoal } from './endpoints.ts';
import { idOf } from './mark-endpoint-sent.ts';
import type { LiveSubflow, State } from './state.ts';

type DelAddr = Command & { readonly kind: 'del-addr' };

const USE = useGoal('');
const UNUSED: Refusal = { code: 'UNUSED', errno: 0, text: 'no connection has joined from it yet' };

export const applyEndpointDone = (
  state: State,
  { command, refusal }: CommandDone,
  now: number,
): void => {
  const { endpoints } = state;
  const attempt = findAttempt(endpoints, command.goal);
  // A resync has shown its outcome already; meanwhile its id may be that of another endpoint.
  if (!attempt?.pending) return;
  endpoints.dirty = true;
  if (refusal === undefined) {
    accepted(state, command);
    // Only whether somebody joins tells how that went.
    if (command.goal.startsWith(USE)) return failed(attempt, UNUSED, now);
    if (command.kind === 'add-addr') awaitUse(endpoints, command.endpoint, now);
    return forget(endpoints, command.goal);
  }
  failed(attempt, refusal, now);
  refused(endpoints, command, refusal);
  // Somebody else may have changed the table: one of ours that is not in it any more is ours no more.
  state.resync ??= `${command.kind} was refused: ${refusal.text ?? refusal.code}`;
};

/** What it means that nobody has joined yet is a question of time. */
const awaitUse = (endpoints: Endpoints, { address, ifindex }: Endpoint, now: number): void => {
  const goal = useGoal(pathKey(address, ifindex));
  if (findAttempt(endpoints, goal) !== undefined) return;
  failed(beginAttempt(endpoints, goal, now), UNUSED, now);
};

const accepted = (state: State, command: Command): void => {
  const { endpoints } = state;
  switch (command.kind) {
    case 'add-addr': {
      const added = { ...command.endpoint, id: idOf(endpoints, command.endpoint) };
      endpoints.known = without(endpoints.known, added.id).concat(added);
      return;
    }
    case 'del-addr':
      closeSubflows(state, command);
      // Id 0 is that of connections, not of an endpoint.
      if (command.id !== 0) forgetEndpoint(endpoints, command.id);
      return;
    case 'set-flags': {
      if ('token' in command) return;
      const { endpoint } = command;
      endpoints.known = endpoints.known.map((one) =>
        isSameEndpoint(one, endpoint) ? endpoint : one,
      );
      return;
    }
    case 'select-path-manager':
      state.pathManager = command.manager;
      return;
    case 'set-limits': {
      const { limits, ours } = endpoints;
      if (limits === undefined) return;
      const { subflows = limits.subflows, addAddrAccepted = limits.addAddrAccepted } = command;
      endpoints.limits = { subflows, addAddrAccepted };
      if (!endpoints.inUse) endpoints.ours = { ...ours, limitsBefore: undefined };
      return;
    }
    default:
  }
};

const refused = (endpoints: Endpoints, command: Command, { code }: Refusal): void => {
  if (command.kind !== 'add-addr') return;
  disown(endpoints, { ...command.endpoint, id: idOf(endpoints, command.endpoint) });
  if (!isFull(endpoints, code)) return;
  // The table is full: who deserves a place is decided by preference, and at once.
  endpoints.capacity = countAll(endpoints);
  forget(endpoints, command.goal);
};

/** Some kernels (6.1) say EINVAL, which a taken id or address is to them as well; but those have room for no more. */
const isFull = (endpoints: Endpoints, code: string): boolean =>
  code === 'ERANGE' || (code === 'EINVAL' && countAll(endpoints) >= FIT);

/** The kernel closes them; until it says so they are nobody's survivors. */
const closeSubflows = ({ connections, endpoints }: State, { id, address }: DelAddr): void => {
  const own = endpoints.ours.endpoints.find((one) => one.id === id);
  const isClosed = ({ key, local, localId }: LiveSubflow) =>
    id === 0
      ? localId === 0 && unmapped(local.address) === address
      : own !== undefined && key === pathKey(own.address, own.ifindex);
  for (const { owner, subflows } of connections.values()) {
    if (owner !== 'kernel') continue;
    for (const subflow of subflows) if (isClosed(subflow)) subflow.closing = true;
  }
};

/** With those whose answer is still to come, or was lost. */
const countAll = ({ known, ours }: Endpoints): number =>
  new Set([...known, ...ours.endpoints].map(({ id }) => id)).size;

const forgetEndpoint = (endpoints: Endpoints, id: number): void => {
  endpoints.known = without(endpoints.known, id);
  const { ours } = endpoints;
  endpoints.ours = { ...ours, endpoints: without(ours.endpoints, id) };
};

const disown = (endpoints: Endpoints, endpoint: OwnEndpoint): void => {
  const { ours } = endpoints;
  const others = ours.endpoints.filter((own) => !isSameEndpoint(own, endpoint));
  endpoints.ours = { ...ours, endpoints: others };
};

const without = <E extends { readonly id: number }>(list: readonly E[], id: number): E[] =>
  list.filter((one) => one.id !== id);
