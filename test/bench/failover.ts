// How long requests wait when the active path is cut, near and far.

import { cut } from '../lab/cut.ts';
import { Lab, type LabOptions, tool, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { type Contestant, manage } from './contestants.ts';

/** A bridge, and a path of 40 ms at 50 Mbit/s with a queue of 200 packets. */
export const NEAR: LabOptions = { families: ['ipv4'] };
export const FAR: LabOptions = { families: ['ipv4'], delay: 20, rate: 50, queue: 200 };

/** The slowest request of each of `runs` cuts, in ms. */
export const failover = async (
  contestant: Contestant,
  options: LabOptions,
  runs: number,
): Promise<number[]> => {
  const waits: number[] = [];
  for (let run = 0; run < runs; run++) waits.push(await oneCut(contestant, options));
  return waits;
};

const oneCut = async (contestant: Contestant, options: LabOptions): Promise<number> => {
  const lab = await Lab.create(options);
  try {
    await lab.server.spawn([tool('peer'), 'serve', '--port', '7000']).line('ready');
    const running = await manage(lab, contestant, 'backup');
    const to = { to: lab.address(), port: 7000, every: 1 };
    const requests = await Requests.start(lab.client, to);
    const joins = async () => (await lab.server.mib())['MPJoinAckRx'] ?? 0;
    await until('the backup has joined', joins, 5_000);
    await requests.around(async () => undefined, 300);
    const slowest = Math.max(...(await requests.around(() => cut(lab.client, 0))));
    await requests.stop();
    await running.stop();
    return slowest;
  } finally {
    await lab.close();
  }
};
