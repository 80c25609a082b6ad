// A worker for workers.test.ts: sockets of every kind, and something for them to do.

import { parentPort, workerData } from 'node:worker_threads';
import { loadAddon } from '../../src/kernel/addon.ts';

const { netns, exits } = workerData as { netns: string; exits: boolean };
const addon = loadAddon();
let told = false;
let requests = 0;

new addon.PathManagerEventSocket(
  () => {
    if (told) return;
    told = true;
    parentPort?.postMessage('running');
    if (exits) setTimeout(() => process.exit(3), 50);
  },
  { netns },
);
new addon.RouteEventSocket(() => {}, [1, 5, 7], { netns });
const commands = new addon.CommandSocket(() => {}, { netns });
new addon.DiagSocket({ netns }).connection(1);
const listener = { bind: { address: '127.0.0.1', port: 0 }, ifindex: 0, netns };
new addon.Listener(() => {}, listener);
new addon.Listener(() => {}, listener).close();
new addon.ClockWatch(() => {});
new addon.ClockWatch(() => {}).close();

/** Up to four at a time on the thread pool, so that some are always under way. */
const request = (): void => {
  for (; requests < 4; requests++) {
    const answered = () => {
      requests -= 1;
    };
    addon.diagSnapshot({ netns }).then(answered, answered);
  }
};

const bind = { address: '127.0.0.1', port: 0 };
const makeEvents = (): void => {
  for (let i = 0; i < 20; i++) {
    addon.closeDescriptor(addon.openMptcpSocket({ family: 'ipv4', netns, bind, listen: 1 }));
  }
  commands.send([{ kind: 'remove', token: 1, localId: 1 }]);
  request();
  setImmediate(makeEvents);
};
makeEvents();
