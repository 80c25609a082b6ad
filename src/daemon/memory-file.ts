// What one daemon leaves for the next, in the runtime directory: written at a clean end, read once.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RememberedConnection } from '../engine/memory.ts';

const socketAddress = z.object({ address: z.string(), port: z.number() });

const schema = z.object({
  version: z.literal(1),
  connections: z.array(
    z.object({
      token: z.number(),
      local: socketAddress,
      remote: socketAddress,
      serverSide: z.boolean().optional(),
      denyJoinId0: z.boolean(),
      remotes: z.array(z.object({ id: z.number(), at: socketAddress })),
      localIds: z.array(z.object({ key: z.string(), id: z.number() })),
      announced: z.array(z.string()),
    }),
  ),
});

export class MemoryFile {
  readonly #path: string;

  constructor(directory: string) {
    this.#path = join(directory, 'memory.json');
  }

  /** What was kept, once: after a crash it would be old. Nothing where there is none or it is damaged. */
  take(): RememberedConnection[] {
    try {
      const { connections } = schema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      return connections.map(({ serverSide, ...rest }) => ({ ...rest, serverSide }));
    } catch {
      return [];
    } finally {
      rmSync(this.#path, { force: true, recursive: true });
    }
  }

  /** Whole or not at all. */
  keep(connections: readonly RememberedConnection[]): void {
    const unfinished = `${this.#path}.new`;
    writeFileSync(unfinished, JSON.stringify({ version: 1, connections }), { mode: 0o600 });
    renameSync(unfinished, this.#path);
  }
}
