// The contract's host with a scripted kernel.

import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import type { World } from './world.ts';

const SERVER = { address: '10.0.1.2', port: 443 };

export const scriptedWorld = async (): Promise<World> => {
  const kernel = new ScriptedKernel();
  kernel.addInterface(2, 'wlan0', ['10.0.1.1']);
  kernel.addInterface(3, 'wwan0', ['10.0.2.1']);
  let token = 0;
  const open = async (owner: 'userspace' | 'kernel') => {
    token += 1;
    const local = { address: '10.0.1.1', port: 40_000 + token };
    kernel.open({ token, local, remote: SERVER, owner });
  };
  return {
    kernel,
    open: () => open('userspace'),
    openForeign: () => open('kernel'),
    end: async () => kernel.end(token),
    serve: async (port) => kernel.listeners.serve({ address: '10.0.2.1', port }),
    second: { index: 3, address: '10.0.2.1' },
    setCarrier: async (on) => kernel.setCarrier(3, on),
    silence: async () => kernel.setSilence(3, true),
    removeAddress: async () => kernel.removeAddress(3, '10.0.2.1'),
    pump: () => void kernel.deliver(),
    close: async () => kernel.close(),
  };
};
