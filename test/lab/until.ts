// Waiting for something to become true, instead of sleeping and hoping.

import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

const POLL_MS = 3;

/** Every deadline is that many times longer: an emulated machine is slow. */
export const PATIENCE = Number(process.env['PATIENCE'] ?? 1);

/** Why a test that is a measurement is left out there, as tap's `skip` takes it. */
export const NO_MEASURING = PATIENCE > 1 && 'a measurement, and this machine is too slow for it';

/**
 * Looks until `accept` takes what `look` returns (by default: anything truthy), and returns that.
 * A `look` that throws has not seen it yet. After `deadlineMs` it fails with the last thing seen.
 */
export async function until<T>(
  description: string,
  look: () => T | Promise<T>,
  deadlineMs = 2_000,
  accept: (seen: T) => boolean = Boolean,
): Promise<T> {
  const end = performance.now() + deadlineMs * PATIENCE;
  let last = 'nothing';
  do {
    const began = performance.now();
    try {
      const seen = await look();
      if (accept(seen)) return seen;
      last = inspect(seen, { breakLength: Number.POSITIVE_INFINITY });
    } catch (error) {
      last = String(error);
    }
    // Looking often starts a process: it leaves half of the time to what is waited for.
    await pause(Math.max(POLL_MS, performance.now() - began));
  } while (performance.now() < end);
  throw new Error(`waited ${deadlineMs} ms until ${description}; last seen: ${last}`);
}
