// What the probe says of this kernel, and that it leaves everything as it is.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type Capabilities, openKernel } from '../../src/index.ts';
import { Daemon } from '../lab/daemon.ts';
import type { Lab, PathManager } from '../lab/index.ts';
import { until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { PATIENCE } from '../lab/until.ts';
import { makeLab, PORT } from './scene.ts';

t.setTimeout(60_000 * PATIENCE);

const ctl = [
  process.execPath,
  fileURLToPath(new URL('../../src/cli/main.js', import.meta.url)),
  'capabilities',
];
const POWERLESS = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'];

/** So rare that nothing is under way while it is looked at. */
const connect = async (t: Test, lab: Lab, manager: PathManager): Promise<void> => {
  await lab.client.pathManager(manager);
  const every = 3_600_000;
  const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT, every });
  t.teardown(() => requests.program.stop('SIGKILL'));
};

const everything = async ({ client }: Lab): Promise<unknown> => ({
  endpoints: await client.exec(['ip', 'mptcp', 'endpoint', 'show']),
  limits: await client.exec(['ip', 'mptcp', 'limits', 'show']),
  sysctls: await client.exec(['sh', '-c', 'grep -r . /proc/sys/net/mptcp | sort']),
  counters: Object.entries(await client.mib()).filter(([name]) => /^MP|Addr|Subflow/.test(name)),
  connections: (await client.sockets('connections')).map(({ local, remote }) => [local, remote]),
  subflows: (await client.sockets('subflows')).map(({ state, local, remote, details }) => [
    ...[state, local, remote, details['token']],
  ]),
});

const read = async (lab: Lab, ...prefix: readonly string[]): Promise<Capabilities> =>
  JSON.parse(await lab.client.exec([...prefix, ...ctl, '--json'])) as Capabilities;

t.test('a probe changes nothing', async (t) => {
  const lab = await makeLab(t);
  await lab.client.ip([
    'mptcp endpoint add 10.0.1.1 id 5 subflow backup',
    'mptcp limits set subflows 3 add_addr_accepted 2',
  ]);
  await connect(t, lab, 'kernel');
  await connect(t, lab, 'userspace');
  const before = await everything(lab);
  const capabilities = await read(lab);
  t.same(await everything(lab), before);
  for (const name of ['add-addr', 'subflow-create', 'subflow-destroy', 'events', 'diag'] as const) {
    t.equal(capabilities[name].has, 'yes', name);
  }
  t.equal(capabilities['diag-subflows'].has, 'yes');
  for (const name of ['path_manager', 'pm_type'] as const) {
    const exists = existsSync(`/proc/sys/net/mptcp/${name}`);
    t.equal(capabilities[name].has, exists ? 'yes' : 'no', name);
  }
});

t.test('it takes no privilege and no daemon, and a namespace can be named', async (t) => {
  const lab = await makeLab(t);
  const full = await read(lab);
  t.same(await read(lab, ...POWERLESS), full);
  const table = await lab.middle.exec([...ctl, '--netns', lab.client.namespace]);
  t.match(table, /^CAPABILITY +HAS +KNOWN FROM/);
  t.match(table, /^subflow-create +yes +in the family's list/m);
  await t.rejects(lab.middle.exec([...ctl, '--netns', 'subflowd-nowhere']), {
    message: /subflowctl: --netns subflowd-nowhere: .*ENOENT/,
  });
});

t.test('the daemon logs what is missing, and all of it for debugging', async (t) => {
  const lab = await makeLab(t);
  const capabilities = await read(lab);
  const daemon = await Daemon.start(lab.client, { words: ['--level', 'debug'] });
  const lines = daemon.program.errors;
  t.ok(lines.some((line) => / debug this kernel has: add-addr yes, /.test(line)));
  const lacks = Object.values(capabilities).some(({ has }) => has === 'no');
  t.equal(lines.filter((line) => / info +this kernel lacks: /.test(line)).length, lacks ? 1 : 0);
});

t.test('what is inferred is true', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const kernel = openKernel({ netns: lab.client.netns });
  t.teardown(() => kernel.close());
  await connect(t, lab, 'userspace');
  const capabilities = await kernel.capabilities();
  const [connection] = (await kernel.snapshot()).connections;
  const { token = 0, remote = { address: '', port: 0 } } = connection?.socket ?? {};
  const { ipv4: address = '' } = lab.client.interfaces[1] ?? {};
  const { interfaces } = await kernel.snapshot();
  const ifindex = interfaces.find(({ name }) => name === 'wwan0')?.index ?? 0;
  const path = { token, local: { address, port: 0 }, localId: 9, remote, ifindex, backup: true };
  const create = () => kernel.execute({ kind: 'subflow-create', ...path }).then(() => true);
  await until('the connection takes a join', create);
  const join = await until('the subflow joined', async () =>
    (await kernel.snapshot()).connections[0]?.subflows.find(
      ({ initial, fullyEstablished }) => !initial && fullyEstablished,
    ),
  );
  t.equal(join?.backupLocal, capabilities['backup-join'].has === 'inferred');
  t.equal(join?.ifindex === ifindex, capabilities['interface-join'].has === 'inferred');
});
