// Worker threads: every one has an environment of its own, which can end at any time.

import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { cannotRun, ownNamespace } from './own-namespace.ts';

const PROGRAM = new URL('socket-worker.js', import.meta.url);
const AT_A_TIME = 4;
const ROUNDS = 5;

const descriptors = (): number => readdirSync('/proc/self/fd').length;

t.test('workers', { skip: cannotRun, timeout: 120_000 }, async (t) => {
  const netns = ownNamespace();
  const start = async (exits = false): Promise<Worker> => {
    // Without what tap preloads: that takes a second for each.
    const worker = new Worker(PROGRAM, { workerData: { netns, exits }, execArgv: [] });
    await once(worker, 'message');
    return worker;
  };

  const name = `${ROUNDS * AT_A_TIME} workers are terminated amid events, commands and requests`;
  t.test(name, async (t) => {
    await (await start()).terminate();
    const before = descriptors();
    for (let i = 0; i < ROUNDS; i++) {
      const workers = await Promise.all(Array.from({ length: AT_A_TIME }, () => start()));
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    t.equal(descriptors(), before, 'no descriptor is left');
  });

  t.test('a worker that exits by itself closes its sockets', async (t) => {
    const worker = await start(true);
    const [code] = await once(worker, 'exit');
    t.equal(code, 3);
  });
});
