// What a scripted kernel shows of itself.

import type { Interface } from '../model/interface.ts';
import type { ConnectionSnapshot, Pair, Snapshot } from '../model/snapshot.ts';
import { type ScriptedConnection, snapshotOf } from './scripted-connection.ts';
import type { Lack } from './scripted-connections.ts';
import type { ScriptedEndpoints } from './scripted-endpoints.ts';

interface Shown {
  readonly interfaces: ReadonlyMap<number, Interface>;
  readonly connections: ReadonlyMap<number, ScriptedConnection>;
  readonly endpoints: ScriptedEndpoints;
  readonly pathManager: string | undefined;
  readonly lacks: ReadonlySet<Lack>;
  /** Tokens of connections of which no more is shown than that they are there. */
  readonly veiled: ReadonlySet<number>;
}

export const scriptedSnapshot = (kernel: Shown): Snapshot => {
  const listsAddresses = !kernel.lacks.has('address-lists');
  const all = [...kernel.connections.values()];
  const connections = all
    .filter(({ token }) => !kernel.veiled.has(token))
    .map(
      (connection): ConnectionSnapshot => ({
        ...snapshotOf(connection),
        ...(!listsAddresses && { owner: undefined, addresses: undefined }),
      }),
    );
  const unreadable = all
    .filter(({ token }) => kernel.veiled.has(token))
    .flatMap((connection): Pair[] => [connection, ...connection.subflows]);
  return {
    interfaces: [...kernel.interfaces.values()],
    endpoints: [...kernel.endpoints.list],
    limits: kernel.endpoints.limits,
    pathManager: kernel.pathManager,
    ...{ connections, unreadable, listsAddresses },
  };
};
