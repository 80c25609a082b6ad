// The chaos, and its end.

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../lab/index.ts';
import type { World } from './world.ts';

export const rage = async (world: World): Promise<void> => {
  const began = performance.now();
  for (const fault of world.faults) {
    await pause(Math.max(0, began + fault.at - performance.now()));
    await world.suffer(fault);
  }
  await world.daemon.ready();
};

/** No fault goes on, and no connection is opened or closed any more. */
export const calm = async (world: World): Promise<void> => {
  await world.outgoing.hold();
  await world.incoming.hold();
  await world.network.calm();
  await world.rival.leave();
  // Of what others do to the table of endpoints no event tells: the next resync does.
  world.daemon.readAgain();
  await until(
    'every connection is open or gone',
    () => world.outgoing.report(),
    10_000,
    ({ under_way }) => under_way === 0,
  );
};
