// Which paths there are and which were lost: written whenever that changes, so that it outlives a crash, too.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RememberedPaths } from '../engine/memory.ts';

const schema = z.object({
  version: z.literal(1),
  usable: z.array(z.string()),
  lost: z.array(z.string()),
});

const NONE: RememberedPaths = { usable: [], lost: [] };

export class PathsFile {
  readonly #path: string;
  #kept = '';

  constructor(directory: string) {
    this.#path = join(directory, 'paths.json');
  }

  /** What the daemon before this one knew; nothing where there is no file or it is damaged. */
  read(): RememberedPaths {
    try {
      const { usable, lost } = schema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
      return { usable, lost };
    } catch {
      return NONE;
    }
  }

  /** Whole or not at all, and only what is new. */
  keep(paths: RememberedPaths): void {
    const text = JSON.stringify({ version: 1, ...paths });
    if (text === this.#kept) return;
    this.#kept = text;
    const unfinished = `${this.#path}.new`;
    writeFileSync(unfinished, text, { mode: 0o600 });
    renameSync(unfinished, this.#path);
  }
}
