// Back-off: exponential, per goal, with the reason of the last failure.

import type { Refusal } from '../model/event.ts';

/** What was tried for one goal. Failure is state: it has a reason and a time of the next try. */
export interface Attempt {
  readonly goal: string;
  failures: number;
  /** Sent, and its outcome not known yet. */
  pending: boolean;
  /** When it was last sent, and when it may be sent again, in ms. */
  sentAt: number;
  retryAt: number;
  /** When the goal was reached; undefined while it is not. */
  reachedAt: number | undefined;
  problem: Refusal | undefined;
  /** For a join: from where, and to which of the peer's addresses. */
  join: Join | undefined;
}

export interface Join {
  readonly pathKey: string;
  readonly remoteId: number;
  readonly backup: boolean;
}

/** A connection; or the state, for goals of no single one. */
interface Trier {
  attempts: readonly Attempt[];
}

/** First and longest wait between two tries, in ms. */
const INITIAL = 1_000;
export const MAX_WAIT = 60_000;

/** A subflow that lived this long was a success; its end is a new story, in ms. */
const STEADY = 10_000;

export const findAttempt = (trier: Trier, goal: string): Attempt | undefined =>
  trier.attempts.find((attempt) => attempt.goal === goal);

/** It was tried before, and failed. */
export const isRetry = (attempt: Attempt | undefined): boolean => (attempt?.failures ?? 0) > 0;

/** May this goal be tried now? While it is pending, or backs off, it may not. */
export const mayTry = (attempt: Attempt | undefined, now: number): boolean =>
  attempt === undefined || (!attempt.pending && attempt.retryAt <= now);

export const beginAttempt = (trier: Trier, goal: string, now: number, join?: Join): Attempt => {
  let attempt = findAttempt(trier, goal);
  if (attempt === undefined) {
    attempt = {
      goal,
      failures: 0,
      pending: true,
      sentAt: now,
      retryAt: 0,
      reachedAt: undefined,
      problem: undefined,
      join,
    };
    trier.attempts = trier.attempts.concat(attempt);
  }
  attempt.pending = true;
  attempt.sentAt = now;
  attempt.join = join;
  return attempt;
};

/** The goal is reached. A join is remembered, since a peer at its limit accepts first and closes at once. */
export const reached = (attempt: Attempt, now: number): void => {
  attempt.pending = false;
  attempt.reachedAt = now;
};

export const failed = (attempt: Attempt, problem: Refusal | undefined, now: number): void => {
  if (attempt.reachedAt !== undefined && now - attempt.reachedAt >= STEADY) attempt.failures = 0;
  attempt.pending = false;
  attempt.reachedAt = undefined;
  attempt.failures += 1;
  attempt.problem = problem;
  attempt.retryAt = now + Math.min(INITIAL * 2 ** (attempt.failures - 1), MAX_WAIT);
};

export const forget = (trier: Trier, goal: string): void => {
  trier.attempts = trier.attempts.filter((attempt) => attempt.goal !== goal);
};
