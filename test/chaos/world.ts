// All that takes part: a lab, the traffic both ways, the daemon, its rival, and the network's faults.

import { rmSync } from 'node:fs';
import type { Test } from 'tap';
import type { Random } from '../../src/testing/random.ts';
import { Daemon } from '../lab/daemon.ts';
import { Lab, type Mib, type Program, tool } from '../lab/index.ts';
import { Rotation } from '../lab/rotation.ts';
import { policyFile } from '../netns/policy.ts';
import { Mortal } from './mortal.ts';
import { Network } from './network.ts';
import { Rival } from './rival.ts';
import { type Fault, schedule, type Timed } from './schedule.ts';

export interface WorldOptions {
  readonly policy: string;
  readonly manager: 'userspace' | 'kernel';
  readonly seed: number;
  readonly milliseconds: number;
  /** What the rival does next, on a host with these addresses. */
  readonly rival: (addresses: readonly string[]) => (random: Random) => string;
}

/** The server's ports, the client's own one, and the one where joins to the client are announced. */
export const SERVER_PORT = 7000;
export const SERVER_PORTS = 8;
export const CLIENT_PORT = 7100;

/** Room for some twenty events: every burst is too much for it. */
const RECEIVE_BUFFER = 8192;

export class World {
  readonly manager: WorldOptions['manager'];
  readonly lab: Lab;
  readonly faults: readonly Timed[];
  readonly network: Network;
  readonly daemon: Mortal;
  readonly rival: Rival;
  /** From the client to the server; and the other way, with who serves those. */
  readonly outgoing: Rotation;
  readonly incoming: Rotation;
  readonly served: Program;
  /** The client's counters before the first connection. */
  readonly before: Mib;
  /** When the last fault was over, in ms. */
  quietSince = 0;

  /** Everything is gone at the end of the test, however it ends. */
  static async make(t: Test, options: WorldOptions): Promise<World> {
    const runtime = Daemon.runtime();
    t.teardown(() => rmSync(runtime, { recursive: true, force: true }));
    const lab = await Lab.create({ families: ['ipv4'] });
    t.teardown(() => lab.close());
    const served = await serve(lab);
    const network = new Network(lab);
    await network.prepare();
    const words = ['--manager', options.manager, '--receive-buffer', String(RECEIVE_BUFFER)];
    const policies = [policyFile(t, options.policy)];
    const daemon = new Mortal(lab.client, { policies, words, runtime });
    daemon.start();
    await daemon.ready();
    const rival = await Rival.start(lab.client);
    return new World({ lab, served, network, daemon, rival }, await lab.client.mib(), options);
  }

  private constructor(
    parts: Pick<World, 'lab' | 'served' | 'network' | 'daemon' | 'rival'>,
    before: Mib,
    { manager, seed, milliseconds, rival }: WorldOptions,
  ) {
    const { lab } = parts;
    this.manager = manager;
    this.faults = schedule({
      ...{ seed, milliseconds, paths: lab.paths.length },
      rival: rival(lab.client.interfaces.map(({ ipv4 }) => ipv4)),
    });
    this.lab = lab;
    this.served = parts.served;
    this.network = parts.network;
    this.daemon = parts.daemon;
    this.rival = parts.rival;
    this.before = before;
    this.outgoing = new Rotation(lab.client, {
      ...{ to: lab.address(), port: SERVER_PORT, ports: SERVER_PORTS },
      ...{ live: 200, veterans: 20, rate: 300, seed },
    });
    this.incoming = new Rotation(lab.server, {
      ...{ to: lab.client.interfaces[0]?.ipv4 ?? '', port: CLIENT_PORT, ports: 1 },
      ...{ live: 20, veterans: 5, rate: 20, seed },
    });
  }

  async suffer(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'lose':
        return this.network.lose(fault.path, fault.how);
      case 'return':
        return this.network.return(fault.path, fault.how);
      case 'extra-comes':
      case 'extra-goes':
        return this.network.extra(fault.path, fault.kind);
      case 'kill':
        return this.daemon.kill();
      case 'start':
        return this.daemon.start();
      case 'rival':
        return this.rival.edit(fault.words);
      default:
        fault satisfies never;
    }
  }
}

/** Returns what serves the connections to the client. */
const serve = async (lab: Lab): Promise<Program> => {
  const peer = (port: number, ports: number) =>
    [tool('peer'), 'serve', '--port', String(port), '--ports', String(ports)] as const;
  const served = lab.client.spawn(peer(CLIENT_PORT, 1));
  await served.line('ready');
  await lab.server.spawn(peer(SERVER_PORT, SERVER_PORTS)).line('ready');
  // More than a connection has paths here: nothing is refused for a peer's limit.
  await lab.server.ip(['mptcp limits set subflows 8 add_addr_accepted 8']);
  // After losses of SYNs the client would do without MPTCP for an hour. Kernels before 6.12 have no such thing.
  await lab.client.sysctl('net.mptcp.blackhole_timeout', 0).catch(() => {});
  return served;
};
