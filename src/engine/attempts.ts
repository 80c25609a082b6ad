// Back-off: exponential, per goal, with the reason of the last failure.

import type { Refusal } from '../model/event.ts';
import type { Attempt, Join } from './state.ts';

/** First and longest wait between two tries, in ms. */
const INITIAL = 1_000;
const MAX = 60_000;

/** A subflow that lived this long was a success; its end is a new story, in ms. */
const STEADY = 10_000;

/** What is tried for: a connection, or the endpoints of the namespace. */
interface Trying {
  attempts: readonly Attempt[];
}

export const findAttempt = (trying: Readonly<Trying>, goal: string): Attempt | undefined =>
  trying.attempts.find((attempt) => attempt.goal === goal);

/** May this goal be tried now? While it is pending, or backs off, it may not. */
export const mayTry = (attempt: Attempt | undefined, now: number): boolean =>
  attempt === undefined || (!attempt.pending && attempt.retryAt <= now);

export const beginAttempt = (trying: Trying, goal: string, now: number, join?: Join): Attempt => {
  let attempt = findAttempt(trying, goal);
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
    trying.attempts = trying.attempts.concat(attempt);
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
  attempt.retryAt = now + Math.min(INITIAL * 2 ** (attempt.failures - 1), MAX);
};

export const forget = (trying: Trying, goal: string): void => {
  trying.attempts = trying.attempts.filter((attempt) => attempt.goal !== goal);
};
