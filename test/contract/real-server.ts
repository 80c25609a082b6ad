// The server of the contract with the real kernel, in a lab.

import { loadAddon } from '../../src/kernel/addon.ts';
import { NativeKernel } from '../../src/kernel/native-kernel.ts';
import { Lab, tool } from '../lab/index.ts';
import type { ServerWorld } from './joined.ts';
import { Ear } from './world.ts';

const PORT = '7000';

export const realServer = async (): Promise<ServerWorld> => {
  const lab = await Lab.create({ families: ['ipv4'], serverInterfaces: 2 });
  const { client, server } = lab;
  await Promise.all([client.pathManager('userspace'), server.pathManager('userspace')]);
  // Bound, so that it is an IPv4 socket on this side, too.
  await server.spawn([tool('peer'), 'serve', '--port', PORT, '--bind', '0.0.0.0']).line('ready');
  const open = (netns: string) => new NativeKernel(loadAddon(), { netns });
  const [kernel, far] = [open(server.netns), open(client.netns)];
  const ear = new Ear({ kernel: far, pump: () => {} });
  const second = server.interfaces[1]?.ipv4 ?? '';
  return {
    kernel,
    second,
    open: async () => {
      const to = ['--to', lab.address(), '--port', PORT, '--every', '20'];
      client.spawn([tool('client'), 'request', ...to]);
    },
    peerJoins: async () => {
      const { token } = await ear.wait('established');
      const local = { address: client.interfaces[1]?.ipv4 ?? '', port: 0 };
      const remote = { address: second, port: Number(PORT) };
      const command = { kind: 'subflow-create', token, local, localId: 50, remote } as const;
      await ear.ask({ ...command, ifindex: 0, backup: false });
    },
    pump: () => {},
    close: async () => {
      kernel.close();
      far.close();
      await lab.close();
    },
  };
};
