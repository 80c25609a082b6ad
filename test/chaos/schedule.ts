// What goes wrong, and when: decided by the seed alone, before anything happens.

import { type Random, seeded } from '../../src/testing/random.ts';

/** How a path is lost: set down, its cable pulled, its address taken away, or every packet lost without a word. */
const LOSSES = ['down', 'unplugged', 'address', 'silent'] as const;
export type Loss = (typeof LOSSES)[number];

interface OfPath {
  readonly kind: 'lose' | 'return';
  readonly path: number;
  readonly how: Loss;
}

/** A second address of a path's interface. */
interface OfAddress {
  readonly kind: 'extra-comes' | 'extra-goes';
  readonly path: number;
}

interface OfDaemon {
  readonly kind: 'kill' | 'start';
}

/** One edit of the table of endpoints, in the words of `ip mptcp endpoint`. */
interface OfRival {
  readonly kind: 'rival';
  readonly words: string;
}

export type Fault = OfPath | OfAddress | OfDaemon | OfRival;

/** At so many milliseconds from the beginning. */
export type Timed = Fault & { readonly at: number };

export interface ScheduleOptions {
  readonly seed: number;
  readonly milliseconds: number;
  readonly paths: number;
  /** The rival's next edit. */
  readonly rival: (random: Random) => string;
}

/** The daemon that is there at the end has seen so much of it, as a share. */
const LAST_LIFE = 0.2;

export const schedule = ({ seed, milliseconds, paths, rival }: ScheduleOptions): Timed[] => {
  // Each source of faults has a generator of its own: one that is changed leaves the others as they were.
  const source = (number: number): Random => seeded(seed * 1_000 + number);
  const faults: Timed[] = [];
  for (let path = 0; path < paths; path++) {
    faults.push(...losses(source(path), path, milliseconds));
    faults.push(...extras(source(100 + path), path, milliseconds));
  }
  faults.push(...kills(source(200), milliseconds * (1 - LAST_LIFE)));
  faults.push(...edits(source(201), milliseconds, rival));
  return faults.sort((one, other) => one.at - other.at);
};

const between = (random: Random, least: number, most: number): number =>
  least + random() * (most - least);

const losses = (random: Random, path: number, end: number): Timed[] => {
  const faults: Timed[] = [];
  for (let at = between(random, 200, 2_000); at < end; ) {
    const how = LOSSES[Math.floor(random() * LOSSES.length)] ?? 'down';
    faults.push({ at, kind: 'lose', path, how });
    at += between(random, 50, 900);
    faults.push({ at, kind: 'return', path, how });
    at += between(random, 100, 2_500);
  }
  return faults;
};

const extras = (random: Random, path: number, end: number): Timed[] => {
  const faults: Timed[] = [];
  let kind: OfAddress['kind'] = 'extra-comes';
  for (let at = between(random, 500, 4_000); at < end; at += between(random, 400, 4_000)) {
    faults.push({ at, kind, path });
    kind = kind === 'extra-comes' ? 'extra-goes' : 'extra-comes';
  }
  return faults;
};

const kills = (random: Random, end: number): Timed[] => {
  const faults: Timed[] = [];
  for (let at = between(random, 1_000, 4_000); at < end; at += between(random, 1_500, 5_000)) {
    faults.push({ at, kind: 'kill' });
    at += between(random, 0, 800);
    faults.push({ at, kind: 'start' });
  }
  return faults;
};

const edits = (random: Random, end: number, rival: ScheduleOptions['rival']): Timed[] => {
  const faults: Timed[] = [];
  for (let at = 0; at < end; at += between(random, 20, 200)) {
    faults.push({ at, kind: 'rival', words: rival(random) });
  }
  return faults;
};
