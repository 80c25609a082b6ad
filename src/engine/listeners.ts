// Listeners at addresses that are announced with a port: without one a join there is refused.

import type { SocketAddress } from '../model/address.ts';
import type { CommandDone } from '../model/event.ts';
import { announcedKeyIn } from './address-ids.ts';
import { beginAttempt, failed, findAttempt, forget, reached } from './attempts.ts';
import type { State } from './state.ts';

type Command = CommandDone['command'] & { readonly kind: 'listen' | 'unlisten' };

const LISTEN = 'listen ';

export const listenGoal = (key: string): string => LISTEN + key;

export const listenKey = (goal: string): string => goal.slice(LISTEN.length);

/** Somebody listens there: we, or another program that was there before. */
export const isListening = (state: State, key: string): boolean =>
  findAttempt(state, listenGoal(key))?.reachedAt !== undefined;

export const markListener = (state: State, command: Command, now: number): void => {
  const key = announcedKeyIn(command);
  if (command.kind === 'unlisten') {
    state.listeners.delete(key);
    forget(state, listenGoal(key));
    return;
  }
  // Until it is refused: one whose answer was lost must be closed all the same.
  state.listeners.set(key, { local: command.local, ifindex: command.ifindex });
  beginAttempt(state, command.goal, now);
};

export const applyListenDone = (
  state: State,
  command: Command,
  refusal: CommandDone['refusal'],
  now: number,
): void => {
  const attempt = findAttempt(state, command.goal);
  if (command.kind === 'unlisten' || !attempt?.pending) return;
  if (refusal !== undefined) {
    state.listeners.delete(announcedKeyIn(command));
    failed(attempt, refusal, now);
  }
  if (refusal !== undefined && refusal.code !== 'EADDRINUSE') return;
  reached(attempt, now);
  planServers(state);
};

/** Their announcements depend on listeners. */
const planServers = (state: State): void => {
  for (const { token, serverSide } of state.connections.values()) {
    if (serverSide) state.dirty.add(token);
  }
};

/** Another program has left the port to us. */
export const applyListenerClosed = (
  state: State,
  { local }: { readonly local: SocketAddress },
): void => {
  const others = state.attempts.filter(
    ({ goal, problem }) => problem?.code !== 'EADDRINUSE' || !goal.endsWith(`:${local.port}`),
  );
  if (others.length === state.attempts.length) return;
  state.attempts = others;
  planServers(state);
};

/** With a snapshot: an answer that has not come was lost, and who else listens is asked again once it matters. */
export const settleListeners = (state: State, startedAt: number, now: number): void => {
  if (state.attempts.length === 0) return;
  for (const attempt of state.attempts) {
    if (!attempt.pending || attempt.sentAt >= startedAt) continue;
    failed(attempt, { code: 'UNKNOWN', errno: 0, text: 'its outcome was lost' }, now);
  }
  const announced = new Set([...state.connections.values()].flatMap((one) => one.announced));
  const goals = new Set([...announced, ...state.listeners.keys()].map(listenGoal));
  // Nor does anybody want what was not tried again when it was due.
  state.attempts = state.attempts.filter(({ goal, pending, reachedAt, retryAt }) =>
    reachedAt === undefined ? pending || retryAt > now : goals.has(goal),
  );
};
