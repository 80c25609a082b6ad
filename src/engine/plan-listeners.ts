// Which listeners there should be, over all connections: one at each address that any of them announces, or is about
// to announce, with a port. Only where the policy states the port; on a path that is lost there is none.

import type { Path } from '../policy/intent.ts';
import { announcedKeyOf, portOf } from './address-ids.ts';
import { findAttempt, mayTry } from './attempts.ts';
import type { Plan } from './draft.ts';
import { isListening, listenGoal } from './listeners.ts';
import { isNews } from './plan-announcements.ts';
import type { Connection, State } from './state.ts';

/** `planned` are the connections that were planned just now: only they can want what nobody has asked for yet. */
export const planListeners = (
  state: Readonly<State>,
  planned: readonly Connection[],
  now: number,
): Plan => {
  const plan = { commands: [], wakeAt: Number.POSITIVE_INFINITY } as Draft;
  if (!state.synced) return plan;
  const wanted = new Map<string, Path>();
  for (const path of state.intent.paths) {
    if (portOf(path.announce) === 0) continue;
    const key = announcedKeyOf(path);
    const isKnown = state.listeners.has(key) || findAttempt(state, listenGoal(key)) !== undefined;
    const connections = isKnown ? state.connections.values() : planned;
    const isSettled = (state.settling.get(path.key) ?? 0) <= now;
    if (isWanted(connections, path, key, isSettled)) wanted.set(key, path);
  }
  for (const [key, path] of wanted) if (!isListening(state, key)) listen(state, plan, path, now);
  for (const key of state.listeners.keys()) if (!wanted.has(key)) unlisten(state, plan, key);
  return plan;
};

interface Draft extends Plan {
  readonly commands: Plan['commands'][number][];
  wakeAt: number;
}

const isWanted = (
  connections: Iterable<Connection>,
  path: Path,
  key: string,
  isSettled: boolean,
): boolean => {
  for (const connection of connections) {
    if (connection.owner === 'kernel') continue;
    if (connection.announced.includes(key)) return true;
    if (isSettled && isNews(connection, path, key)) return true;
  }
  return false;
};

const listen = (state: State, plan: Draft, path: Path, now: number): void => {
  const goal = listenGoal(announcedKeyOf(path));
  const attempt = findAttempt(state, goal);
  if (attempt?.pending) return;
  if (attempt !== undefined && !mayTry(attempt, now)) {
    plan.wakeAt = Math.min(plan.wakeAt, attempt.retryAt);
    return;
  }
  plan.commands.push({
    kind: 'listen',
    local: { address: path.address, port: portOf(path.announce) },
    ifindex: path.ifindex,
    goal,
    why: `${path.interfaceName} is announced with a port (${path.source})`,
  });
};

const unlisten = (state: State, plan: Draft, key: string): void => {
  const held = state.listeners.get(key);
  if (held === undefined || findAttempt(state, listenGoal(key))?.pending) return;
  const isStated = state.intent.paths.some((path) => announcedKeyOf(path) === key);
  const why = isStated ? 'no connection announces it any more' : 'its path cannot be used';
  plan.commands.push({ kind: 'unlisten', ...held, goal: `unlisten ${key}`, why });
};
