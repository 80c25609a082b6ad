// Every shipped policy under both path managers: what subflowd asks of the kernel on a host that the policy is for. One
// that only one of them can carry out says so here, in the words that its user reads.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Controller } from '../../src/daemon/controller.ts';
import { formatCommand } from '../../src/model/format-command.ts';
import type { Manager } from '../../src/model/manager.ts';
import { intentOf, loadPolicies } from '../../src/policy/index.ts';
import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { Paper } from '../scenarios/paper.ts';
import { VirtualClock } from '../scenarios/virtual-clock.ts';
import { BONDING, LAPTOP, SERVER } from './policy-host.ts';

const directory = fileURLToPath(new URL('../../../policies/', import.meta.url));

const SILENT = { events() {}, decisions() {}, resynced() {}, notice() {}, problem() {} };
const PEER = { address: '203.0.113.1', port: 443 };

interface Case {
  readonly host: typeof LAPTOP;
  /** The initial subflow's address; on the server clients connect to it. */
  readonly from: string;
  readonly serverSide?: boolean;
  readonly plans: Readonly<Record<Manager, readonly string[]>>;
}

const CASES: Record<string, Case> = {
  'laptop.yaml': {
    host: LAPTOP,
    from: '10.0.1.2',
    plans: {
      userspace: [
        'subflow-create 0x00000001 10.0.2.2 id 32 dev 3 → 203.0.113.1:443',
        'subflow-create 0x00000001 10.0.3.2 id 33 dev 4 backup → 203.0.113.1:443',
      ],
      kernel: [
        'set-limits subflows 8 add_addr_accepted 8',
        'add-addr 10.0.1.2 id 32 dev 2 subflow fullmesh',
        'add-addr 10.0.2.2 id 33 dev 3 subflow fullmesh',
        'add-addr 10.0.3.2 id 34 dev 4 subflow backup fullmesh',
      ],
    },
  },
  'standby.yaml': {
    host: LAPTOP,
    from: '10.0.1.2',
    plans: {
      userspace: ['subflow-create 0x00000001 10.0.2.2 id 32 dev 3 → 203.0.113.1:443'],
      kernel: [
        'set-limits subflows 8 add_addr_accepted 8',
        'add-addr 10.0.1.2 id 32 dev 2 subflow fullmesh',
        'add-addr 10.0.2.2 id 33 dev 3 subflow fullmesh',
      ],
    },
  },
  'bonding.yaml': {
    host: BONDING,
    from: '10.0.1.2',
    plans: {
      userspace: ['subflow-create 0x00000001 10.0.2.2 id 32 dev 3 → 203.0.113.1:443'],
      kernel: [
        'set-limits subflows 8 add_addr_accepted 8',
        'add-addr 10.0.1.2 id 32 dev 2 subflow fullmesh',
        'add-addr 10.0.2.2 id 33 dev 3 subflow fullmesh',
      ],
    },
  },
  'server.yaml': {
    host: SERVER,
    from: '192.0.2.1',
    serverSide: true,
    plans: {
      userspace: ['announce 0x00000001 198.51.100.1 id 32 dev 3'],
      kernel: [
        'set-limits subflows 8 add_addr_accepted 8',
        'add-addr 192.0.2.1 id 32 dev 2 signal subflow',
        'add-addr 2001:db8::1 id 33 dev 2 signal subflow',
        'add-addr 198.51.100.1 id 34 dev 3 signal subflow',
      ],
    },
  },
};

const plan = async (name: string, { host, from, serverSide = false }: Case, manager: Manager) => {
  const kernel = new ScriptedKernel();
  for (const one of host) kernel.interfaces.set(one.index, one);
  const policy = loadPolicies([`${directory}${name}`]);
  const controller = new Controller({
    ...{
      kernel,
      clock: new VirtualClock(),
      reporter: SILENT,
      manager,
      keeper: new Paper(),
      random: () => 0,
    },
    intentOf: (interfaces) => intentOf(policy, interfaces),
  });
  await controller.start();
  const local = { address: from, port: serverSide ? 443 : 40_000 };
  kernel.open({ token: 1, local, remote: PEER, serverSide, owner: manager });
  kernel.deliver();
  controller.close();
  return kernel.executed.filter(({ kind }) => kind !== 'observe').map(formatCommand);
};

for (const name of readdirSync(directory)) {
  for (const manager of ['userspace', 'kernel'] as const) {
    t.test(`${name}, ${manager} path manager`, async (t) => {
      const expected = CASES[name];
      if (expected === undefined) return t.fail('its plans are not stated here');
      t.same(await plan(name, expected, manager), expected.plans[manager]);
    });
  }
}
