// The contract's host with a scripted kernel.

import type { OpenOptions } from '../../src/testing/scripted-connections.ts';
import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import type { World } from './world.ts';

const SERVER = { address: '10.0.1.2', port: 443 };

export const scriptedWorld = async (): Promise<World> => {
  const kernel = new ScriptedKernel();
  kernel.addInterface(2, 'wlan0', ['10.0.1.1']);
  kernel.addInterface(3, 'wwan0', ['10.0.2.1']);
  let token = 0;
  const open = (options: Partial<OpenOptions> = {}) => {
    token += 1;
    const local = { address: '10.0.1.1', port: 40_000 + token };
    kernel.open({ token, local, remote: SERVER, ...options });
  };
  return {
    kernel,
    open: async () => open(),
    openForeign: async () => open({ owner: 'kernel' }),
    openMapped: async () =>
      open({
        local: { address: '::ffff:10.0.1.1', port: 41_000 },
        remote: { ...SERVER, address: `::ffff:${SERVER.address}` },
      }),
    openIdle: async () => open({ established: false }),
    openInVain: async () => kernel.end(99),
    openHere: async () => {
      const [near, far] = [
        { address: '10.0.1.1', port: 42_000 },
        { address: '10.0.2.1', port: 443 },
      ] as const;
      open({ local: near, remote: far });
      open({ local: far, remote: near, serverSide: true });
    },
    abort: async () => kernel.end(token, true),
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
