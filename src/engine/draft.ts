// How rules add to a plan.

import { formatSocketAddress } from '../model/address.ts';
import type { Command } from '../model/command.ts';
import { findAttempt, isRetry, mayTry } from './attempts.ts';
import { hasRetry, nextRetry, type RetryBudget } from './retry-budget.ts';
import type { Connection, LiveSubflow, State } from './state.ts';

export interface Plan {
  readonly commands: readonly Command[];
  /** When the same question may have another answer, in ms, without any event; Infinity for never. */
  readonly wakeAt: number;
}

/** A plan in the making: what every rule sees, and adds to. */
export interface Draft {
  readonly state: Readonly<State>;
  readonly connection: Readonly<Connection>;
  readonly now: number;
  readonly retries: Readonly<RetryBudget>;
  /** Subflows that can carry data now. */
  readonly alive: readonly LiveSubflow[];
  /** Subflows whose local end is dead. */
  readonly lost: readonly LiveSubflow[];
  readonly commands: Command[];
  wakeAt: number;
}

/** What rules about one connection add to. */
type Adding = Pick<Draft, 'connection' | 'now' | 'retries' | 'commands' | 'wakeAt'>;

/** The two ends of a subflow, as goals and reasons name it. */
export const pairOf = ({ local, remote }: Pick<LiveSubflow, 'local' | 'remote'>): string =>
  `${formatSocketAddress(local)} → ${formatSocketAddress(remote)}`;

export const destroyGoal = (subflow: Pick<LiveSubflow, 'local' | 'remote'>): string =>
  `destroy ${pairOf(subflow)}`;

export const removeGoal = (localId: number): string => `remove ${localId}`;

/** May this goal be tried now? If later, the plan is made again then. */
export const isDue = (draft: Adding, goal: string): boolean => {
  if (!isOver(draft, goal)) return false;
  const { connection, retries, now } = draft;
  if (!isRetry(findAttempt(connection, goal)) || hasRetry(retries, now)) return true;
  wakeAt(draft, nextRetry(retries));
  return false;
};

/** Its last try has been answered, and its back-off has ended. */
const isOver = (draft: Adding, goal: string): boolean => {
  const attempt = findAttempt(draft.connection, goal);
  if (mayTry(attempt, draft.now)) return true;
  if (attempt !== undefined && !attempt.pending) wakeAt(draft, attempt.retryAt);
  return false;
};

export const wakeAt = (draft: Pick<Draft, 'wakeAt'>, time: number): void => {
  draft.wakeAt = Math.min(draft.wakeAt, time);
};

/** Asks sock_diag about a subflow: events tell neither our own backup flag nor whether it carries options. */
export const observe = (draft: Adding, subflow: LiveSubflow, why: string): void => {
  const goal = `observe ${pairOf(subflow)}`;
  if (draft.commands.some((command) => command.goal === goal) || !isOver(draft, goal)) return;
  const { token } = draft.connection;
  const { local, remote, ifindex } = subflow;
  draft.commands.push({ kind: 'observe', token, local, remote, ifindex, goal, why });
};

/** The first of these that may carry RM_ADDR; where that is not known yet, it is asked. */
export const firstFullyEstablished = (
  draft: Adding,
  candidates: readonly LiveSubflow[],
): LiveSubflow | undefined => {
  const ready = candidates.find((subflow) => subflow.fullyEstablished === true);
  if (ready === undefined) {
    for (const subflow of candidates) observe(draft, subflow, 'may it carry RM_ADDR yet?');
  }
  return ready;
};

/**
 * Withdraws an address and closes what uses it, in the order that is needed: REMOVE makes the peer re-inject what
 * it had in flight, DESTROY does so here, and after DESTROY the kernel does not know the id any more.
 */
export const removeAndDestroy = (
  draft: Draft,
  localId: number,
  subflows: readonly LiveSubflow[],
  why: string,
): void => {
  const { token } = draft.connection;
  const due = subflows.filter((subflow) => isDue(draft, destroyGoal(subflow)));
  // RM_ADDR is no end in itself: where nothing may be closed now, it waits too.
  if (due.length === 0 && subflows.length > 0) return;
  const remove = { kind: 'remove', token, localId, goal: removeGoal(localId), why } as const;
  draft.commands.push(remove);
  for (const subflow of due) {
    const { local, remote } = subflow;
    const goal = destroyGoal(subflow);
    draft.commands.push({ kind: 'subflow-destroy', token, local, remote, goal, why });
  }
  // Some kernels send RM_ADDR over the first subflow even if that is the dead one; for id 0 the kernel
  // accepts it again now that it is closed.
  if (localId === 0) draft.commands.push(remove);
};
