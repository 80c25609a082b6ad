// What must outlive the daemon, in the words of the engine: read once at the start, written as it changes.

import { z } from 'zod';
import type { Belongings } from '../engine/endpoints.ts';
import {
  type Heritage,
  NO_HERITAGE,
  type RememberedConnection,
  type RememberedPaths,
} from '../engine/memory.ts';
import type { Journal } from './journal.ts';

const socketAddress = z.object({ address: z.string(), port: z.number() });

const problem = z.object({ code: z.string(), errno: z.number(), text: z.string().optional() });

const failure = z.object({
  goal: z.string(),
  failures: z.number(),
  retryAt: z.number(),
  problem: problem.optional(),
  join: z.object({ pathKey: z.string(), remoteId: z.number(), backup: z.boolean() }).optional(),
});

const connection = z.object({
  token: z.number(),
  local: socketAddress,
  remote: socketAddress,
  serverSide: z.boolean().optional(),
  denyJoinId0: z.boolean(),
  remotes: z.array(z.object({ id: z.number(), at: socketAddress })),
  announced: z.array(z.string()),
  localIds: z.array(z.object({ key: z.string(), id: z.number() })).optional(),
  failures: z.array(failure),
});

const belongings = z.object({
  endpoints: z.array(
    z.object({ id: z.number(), address: z.string(), flags: z.number(), ifindex: z.number() }),
  ),
  limitsBefore: z.object({ subflows: z.number(), addAddrAccepted: z.number() }).optional(),
});

const paths = z.object({
  usable: z.array(z.string()),
  settling: z.array(z.tuple([z.string(), z.number().nullable()])),
});

const BELONGINGS = 'endpoints';
const PATHS = 'paths';
const PATH_MANAGER = 'path-manager';
const CONNECTION = 'connection ';

export class Ledger {
  readonly heritage: Heritage;
  /** The path manager that was there before the first of the daemons; undefined where that is not known. */
  readonly pathManagerBefore: string | undefined;
  /** Why what the daemon before this one left is not believed. */
  readonly problem: string | undefined;
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    const { found } = journal;
    const read = readHeritage(found);
    this.heritage = read ?? NO_HERITAGE;
    this.problem =
      journal.problem ??
      (read === undefined ? 'the journal holds what is none of its values' : undefined);
    const before = found.get(PATH_MANAGER);
    this.pathManagerBefore = typeof before === 'string' ? before : undefined;
    // None of it would be found again.
    if (read === undefined) for (const key of [...journal.keys()]) journal.stage(key, undefined);
  }

  /** In force at once, and before the kernel is asked. Throws what the file system refuses. */
  keepPathManager(before: string | undefined): void {
    this.#journal.keep(PATH_MANAGER, before);
  }

  /** In force at once, and before the kernel is asked. Throws what the file system refuses. */
  keepEndpoints(ours: Belongings): void {
    const { endpoints, limitsBefore } = ours;
    const isNothing = endpoints.length === 0 && limitsBefore === undefined;
    this.#journal.keep(BELONGINGS, isNothing ? undefined : ours);
  }

  /** To be written: which paths there are. */
  notePaths({ usable, settling }: RememberedPaths): void {
    // JSON has no Infinity, which stands for a path that is lost.
    this.#journal.stage(PATHS, { usable, settling: [...settling] });
  }

  /** To be written: what is to be remembered of this connection; undefined for nothing. */
  noteConnection(token: number, memory: RememberedConnection | undefined): void {
    const key = CONNECTION + token;
    if (memory !== undefined || this.#journal.has(key)) this.#journal.stage(key, memory);
  }

  /** Writes what was noted. Throws what the file system refuses; the next call writes it all the same. */
  write(): void {
    this.#journal.write();
  }
}

const readHeritage = (found: ReadonlyMap<string, unknown>): Heritage | undefined => {
  try {
    const connections: RememberedConnection[] = [];
    for (const [key, value] of found) {
      if (key.startsWith(CONNECTION)) connections.push(connection.parse(value));
    }
    const { endpoints, limitsBefore } = belongings.parse(found.get(BELONGINGS) ?? NO_HERITAGE.ours);
    const { usable, settling } = paths.parse(found.get(PATHS) ?? { usable: [], settling: [] });
    return {
      connections,
      ours: { endpoints, limitsBefore },
      paths: {
        usable,
        settling: new Map(settling.map(([key, time]) => [key, time ?? Number.POSITIVE_INFINITY])),
      },
    };
  } catch {
    return undefined;
  }
};
