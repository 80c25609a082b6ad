// How many retries all goals together may make: a kernel that refuses everything is asked again, but not stormed.
// What was never tried is not counted.

export interface RetryBudget {
  /** When the second began that is counted in, in ms. */
  since: number;
  spent: number;
}

const PER_SECOND = 500;
const SECOND = 1_000;

export const createRetryBudget = (): RetryBudget => ({ since: 0, spent: 0 });

export const hasRetry = ({ since, spent }: Readonly<RetryBudget>, now: number): boolean =>
  spent < PER_SECOND || now - since >= SECOND;

/** When there is one again, in ms. */
export const nextRetry = ({ since }: Readonly<RetryBudget>): number => since + SECOND;

export const spendRetry = (budget: RetryBudget, now: number): void => {
  if (now - budget.since >= SECOND) {
    budget.since = now;
    budget.spent = 0;
  }
  budget.spent += 1;
};
