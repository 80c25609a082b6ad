// A journal in memory: what was written is there for the next daemon, what was only noted is not.

import type { Keeper } from '../../src/daemon/notes.ts';
import type { Belongings } from '../../src/engine/endpoints.ts';
import {
  type Heritage,
  NO_HERITAGE,
  type RememberedConnection,
  type RememberedPaths,
} from '../../src/engine/memory.ts';

export class Paper implements Keeper {
  readonly #connections = new Map<number, RememberedConnection>();
  #ours: Belongings = NO_HERITAGE.ours;
  #paths: RememberedPaths = NO_HERITAGE.paths;
  /** As text: nothing of the writer's state must reach the reader otherwise. */
  #written = {
    connections: '[]',
    ours: JSON.stringify(NO_HERITAGE.ours),
    usable: '[]',
    settling: '[]',
  };

  get heritage(): Heritage {
    const { connections, ours, usable, settling } = this.#written;
    const paths = JSON.parse(settling) as [string, number | null][];
    return {
      connections: JSON.parse(connections) as RememberedConnection[],
      // JSON leaves out what is undefined.
      ours: { ...NO_HERITAGE.ours, ...(JSON.parse(ours) as Belongings) },
      paths: {
        usable: JSON.parse(usable) as string[],
        settling: new Map(paths.map(([key, time]) => [key, time ?? Number.POSITIVE_INFINITY])),
      },
    };
  }

  keepEndpoints(ours: Belongings): void {
    this.#ours = ours;
    this.write();
  }

  noteConnection(token: number, memory: RememberedConnection | undefined): void {
    if (memory === undefined) this.#connections.delete(token);
    else this.#connections.set(token, memory);
  }

  notePaths(paths: RememberedPaths): void {
    this.#paths = paths;
  }

  write(): void {
    this.#written = {
      connections: JSON.stringify([...this.#connections.values()]),
      ours: JSON.stringify(this.#ours),
      usable: JSON.stringify(this.#paths.usable),
      settling: JSON.stringify([...this.#paths.settling]),
    };
  }
}
