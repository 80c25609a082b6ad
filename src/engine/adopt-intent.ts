// A new intent into the state: which paths were lost, and which have come back.

import type { AddressIntent, Intent } from '../policy/intent.ts';
import { forget } from './attempts.ts';
import { useGoal } from './endpoints.ts';
import type { State } from './state.ts';

/** Addresses that come and go for ever (privacy addresses) must not be remembered for ever. */
const REMEMBERED = 256;

export const adoptIntent = (state: State, fresh: Intent, now: number): void => {
  const intent = withHistory(state, fresh);
  for (const key of state.formerPaths) {
    const next = intent.addresses.get(key)?.state ?? 'lost';
    // An address may be deprecated before it goes: `unwanted` first, `lost` later is one loss.
    if (next === 'lost' || next === 'unwanted') remember(state, key, now);
  }
  for (const [key, { state: next }] of intent.addresses) {
    // Lost before the daemon began: patience with those that are still there begins now.
    if (next === 'lost' && !state.endpoints.lostAt.has(key)) state.endpoints.lostAt.set(key, now);
  }
  for (const { key, settle } of intent.paths) {
    state.endpoints.lostAt.delete(key);
    if (state.settling.get(key) === Number.POSITIVE_INFINITY) {
      // A return waits; a loss acts at once.
      state.settling.set(key, now + settle);
      forgetFailures(state, key);
    }
  }
  state.intent = intent;
  state.formerPaths = intent.paths.map(({ key }) => key);
  state.hostChanged = false;
  state.endpoints.dirty = true;
  for (const token of state.connections.keys()) state.dirty.add(token);
};

/** Whatever was a path and has no route now is lost; what never was one is a private network, and stays that. */
const withHistory = ({ formerPaths, settling }: State, intent: Intent): Intent => {
  const lost = new Map<string, AddressIntent>();
  for (const [key, one] of intent.addresses) {
    if (one.state !== 'unwanted' || !one.routeless) continue;
    if (!formerPaths.includes(key) && settling.get(key) !== Number.POSITIVE_INFINITY) continue;
    const { interfaceName, why } = one;
    lost.set(key, { state: 'lost', interfaceName, why });
  }
  if (lost.size === 0) return intent;
  return { ...intent, addresses: new Map([...intent.addresses, ...lost]) };
};

const remember = (state: State, key: string, now: number): void => {
  state.endpoints.lostAt.set(key, now);
  forget(state.endpoints, useGoal(key));
  state.settling.set(key, Number.POSITIVE_INFINITY);
  // Its SYN is in no event: a snapshot shows what is to be given up.
  if (isJoinPending(state, key)) state.resync ??= 'a join was under way on a path that was lost';
  if (state.settling.size <= REMEMBERED) return;
  const [oldest] = state.settling.keys();
  if (oldest === undefined) return;
  state.settling.delete(oldest);
  state.endpoints.lostAt.delete(oldest);
};

const isJoinPending = ({ connections }: State, key: string): boolean => {
  for (const { attempts } of connections.values()) {
    if (attempts.some(({ join, pending }) => pending && join?.pathKey === key)) return true;
  }
  return false;
};

/** What failed before the loss says nothing of the path after its return. */
const forgetFailures = (state: State, key: string): void => {
  for (const connection of state.connections.values()) {
    connection.attempts = connection.attempts.filter((attempt) => attempt.join?.pathKey !== key);
  }
};
