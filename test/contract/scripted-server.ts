// The server of the contract with a scripted kernel.

import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import type { ServerWorld } from './joined.ts';

export const scriptedServer = async (): Promise<ServerWorld> => {
  const kernel = new ScriptedKernel();
  kernel.addInterface(2, 'eth0', ['10.0.1.2']);
  kernel.addInterface(3, 'eth1', ['10.0.2.2']);
  const second = '10.0.2.2';
  return {
    kernel,
    second,
    open: async () => {
      const remote = { address: '10.0.1.1', port: 50_000 };
      kernel.open({
        token: 1,
        local: { address: '10.0.1.2', port: 7000 },
        remote,
        serverSide: true,
      });
    },
    peerJoins: async () => {
      const remote = { address: '10.0.2.1', port: 50_001 };
      kernel.peerJoins(1, 50, { address: second, port: 7000 }, remote);
    },
    pump: () => void kernel.deliver(),
    close: async () => kernel.close(),
  };
};
