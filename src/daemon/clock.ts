// Time, as the controller needs it: injected, so that simulations run without waiting.

export interface Clock {
  /** Milliseconds that never go back, the same for every process until the next boot (CLOCK_MONOTONIC). */
  now(): number;
  /** Calls back once `now()` has reached `time`; returns how to cancel. */
  at(time: number, callback: () => void): () => void;
  /** Calls back as soon as what waits now has been dealt with. */
  soon(callback: () => void): void;
}

/** setTimeout(3) wraps beyond this, in ms. */
const LONGEST = 2 ** 31 - 1;

/** `performance.now()` is cheaper than hrtime, but counts from the start of this process. */
const SINCE_BOOT = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const systemClock: Clock = {
  now: () => performance.now() + SINCE_BOOT,
  at: (time, callback) => {
    const wait = Math.min(Math.max(0, Math.ceil(time - systemClock.now())), LONGEST);
    const timer = setTimeout(callback, wait);
    return () => clearTimeout(timer);
  },
  soon: (callback) => {
    setImmediate(callback);
  },
};
