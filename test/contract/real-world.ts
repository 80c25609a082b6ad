// The contract's host with the real kernel, in a lab.

import { loadAddon } from '../../src/kernel/addon.ts';
import { NativeKernel } from '../../src/kernel/native-kernel.ts';
import { Lab, type PathManager, type Program, tool, until } from '../lab/index.ts';
import type { World } from './world.ts';

const PORT = '7000';

export const realWorld = async (): Promise<World> => {
  const lab = await Lab.create({ families: ['ipv4'] });
  const { client, server } = lab;
  const peer = server.spawn([tool('peer'), 'serve', '--port', PORT]);
  await peer.line('ready');
  const kernel = new NativeKernel(loadAddon(), { netns: client.netns });
  const to = ['--to', lab.address(), '--port', PORT];
  const programs: Program[] = [];
  const open = async (manager: PathManager, ...words: readonly string[]) => {
    await client.pathManager(manager);
    const argv = [tool('client'), 'request', ...to, '--every', '20', '--verbose', ...words];
    const program = client.spawn(argv);
    programs.push(program);
    await program.line('the first answer', (line) => line.includes('"ms"'));
  };
  /** Data has arrived that the stopped server does not read. */
  const isUnread = async () =>
    (await server.sockets('connections')).some(({ line }) => Number(line.split(/\s+/)[1]) > 0);
  const [, second] = (await kernel.snapshot()).interfaces.filter(({ loopback }) => !loopback);
  if (second === undefined) throw new Error('the lab has no second interface');
  return {
    kernel,
    open: () => open('userspace'),
    openForeign: () => open('kernel'),
    openMapped: () => open('userspace', '--family', 'mapped'),
    openIdle: async () => {
      await client.pathManager('userspace');
      // Each waits for the other to begin.
      client.spawn([tool('client'), 'download', ...to]);
    },
    openInVain: async () => {
      await client.pathManager('userspace');
      const [nowhere, port] = [lab.address(), '9'];
      await client.spawn([tool('client'), 'request', '--to', nowhere, '--port', port]).exited;
    },
    openHere: async () => {
      await client.pathManager('userspace');
      await client.spawn([tool('peer'), 'serve', '--port', PORT]).line('ready');
      const here = second.addresses[0]?.address ?? '';
      const argv = [tool('client'), 'request', '--to', here, '--port', PORT, '--every', '20'];
      client.spawn(argv);
    },
    abort: async () => {
      peer.kill('SIGSTOP');
      await until('something is unread', isUnread);
      await peer.stop('SIGKILL');
    },
    end: async () => void (await programs.pop()?.stop()),
    serve: async (port) => {
      const words = ['--port', String(port), '--bind', second.addresses[0]?.address ?? ''];
      await client.spawn([tool('peer'), 'serve', ...words]).line('ready');
    },
    second: { index: second.index, address: second.addresses[0]?.address ?? '' },
    setCarrier: (on) => (on ? client.restore(1) : client.cut(1)),
    silence: async () => lab.paths[1]?.silence(),
    removeAddress: () => client.ip([`address delete ${second.addresses[0]?.address}/24 dev wwan0`]),
    pump: () => {},
    close: async () => {
      kernel.close();
      await lab.close();
    },
  };
};
