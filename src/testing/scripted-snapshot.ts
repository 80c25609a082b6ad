// What a scripted kernel shows of itself.

import type { ConnectionSnapshot, Pair, Snapshot } from '../model/snapshot.ts';
import { snapshotOf } from './scripted-connection.ts';
import type { ScriptedKernel } from './scripted-kernel.ts';

export const scriptedSnapshot = (kernel: ScriptedKernel): Snapshot => {
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
