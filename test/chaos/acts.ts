// The chaos, and its end.

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../lab/index.ts';
import { endpoints, wantedFrom } from './oracle.ts';
import type { World } from './world.ts';

export const rage = async (world: World): Promise<void> => {
  const began = performance.now();
  for (const fault of world.faults) {
    await pause(Math.max(0, began + fault.at - performance.now()));
    await world.suffer(fault);
  }
  // The schedule ends with one that is started.
  await world.daemon.ready();
};

/** No fault goes on, and no connection is opened or closed any more. */
export const calm = async (world: World): Promise<void> => {
  await world.outgoing.hold();
  await world.incoming.hold();
  await world.network.calm();
  await world.rival.leave();
  world.quietSince = performance.now();
  await until(
    'every connection is open or gone',
    () => world.outgoing.report(),
    10_000,
    ({ under_way }) => under_way === 0,
  );
};

/**
 * The kernel joins from an endpoint once, and what failed then it makes good when the endpoint is added anew. So every
 * path is lost and returns once more, with all else in order.
 */
export const loseEachOnce = async (world: World): Promise<void> => {
  const { client } = world.lab;
  // Of what others do to the table of endpoints no event tells: the next resync does.
  world.daemon.readAgain();
  for (const [path, { name }] of client.interfaces.entries()) {
    const { size } = await wantedFrom(client, { [name]: 'active' });
    const have = (count: number) =>
      until(
        `${name} has ${count} endpoints`,
        async () => (await endpoints(client)).filter((words) => words.includes(name)).length,
        20_000,
        (seen) => seen === count,
      );
    await have(size);
    await client.cut(path);
    await have(0);
    await client.restore(path);
    await have(size);
  }
};
