// The contract's host with the real kernel, in a lab.

import { loadAddon } from '../../src/kernel/addon.ts';
import { NativeKernel } from '../../src/kernel/native-kernel.ts';
import { Lab, type PathManager, type Program, tool } from '../lab/index.ts';
import type { World } from './world.ts';

const PORT = '7000';

export const realWorld = async (): Promise<World> => {
  const lab = await Lab.create({ families: ['ipv4'] });
  const { client, server } = lab;
  await server.spawn([tool('peer'), 'serve', '--port', PORT]).line('ready');
  const kernel = new NativeKernel(loadAddon(), { netns: client.netns });
  const to = ['--to', lab.address(), '--port', PORT, '--every', '20'];
  const programs: Program[] = [];
  const open = async (manager: PathManager) => {
    await client.pathManager(manager);
    const program = client.spawn([tool('client'), 'request', ...to, '--verbose']);
    programs.push(program);
    await program.line('the first answer', (line) => line.includes('"ms"'));
  };
  const [, second] = (await kernel.snapshot()).interfaces.filter(({ loopback }) => !loopback);
  if (second === undefined) throw new Error('the lab has no second interface');
  return {
    kernel,
    open: () => open('userspace'),
    openForeign: () => open('kernel'),
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
