// A program for event-sockets.test.ts: its listener throws once.

import { loadAddon } from '../../src/kernel/addon.ts';

const [, , netns = ''] = process.argv;
const addon = loadAddon();
let batches = 0;

const listenOnce = (port: number): void => {
  const bind = { address: '127.0.0.1', port };
  addon.closeDescriptor(addon.openMptcpSocket({ family: 'ipv4', netns, bind, listen: 1 }));
};

process.on('uncaughtException', (error) => {
  console.log(`uncaught: ${error.message}`);
  listenOnce(7011);
});

const socket = new addon.PathManagerEventSocket(
  () => {
    batches += 1;
    if (batches === 1) throw new Error('thrown by the listener');
    console.log('the next batch came');
    socket.close();
  },
  { netns },
);
listenOnce(7010);
