// The record of what in the kernel is ours: endpoints, and the limits that were there before. Written before the kernel
// is asked, so that after a crash nothing of ours looks like somebody else's.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Belongings } from '../engine/endpoints.ts';

const schema = z.object({
  version: z.literal(1),
  endpoints: z.array(
    z.object({ id: z.number(), address: z.string(), flags: z.number(), ifindex: z.number() }),
  ),
  limitsBefore: z.object({ subflows: z.number(), addAddrAccepted: z.number() }).optional(),
});

const NOTHING: Belongings = { endpoints: [], limitsBefore: undefined };

export class BelongingsFile {
  readonly #path: string;

  constructor(directory: string) {
    this.#path = join(directory, 'endpoints.json');
  }

  /** What the daemon before this one had. Without a record, or with a damaged one, nothing is ours. */
  read(): Belongings {
    try {
      const { endpoints, limitsBefore } = schema.parse(
        JSON.parse(readFileSync(this.#path, 'utf8')),
      );
      return { endpoints, limitsBefore };
    } catch {
      return NOTHING;
    }
  }

  /** Whole or not at all; no file where there is nothing. */
  keep({ endpoints, limitsBefore }: Belongings): void {
    if (endpoints.length === 0 && limitsBefore === undefined) {
      rmSync(this.#path, { force: true });
      return;
    }
    const unfinished = `${this.#path}.new`;
    const text = JSON.stringify({ version: 1, endpoints, limitsBefore });
    writeFileSync(unfinished, text, { mode: 0o600 });
    renameSync(unfinished, this.#path);
  }
}
