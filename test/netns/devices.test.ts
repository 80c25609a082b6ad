// Paths over devices that stand on others: a VLAN, a bond, a bridge, a dummy. Where the kernel has them.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { cut } from '../lab/cut.ts';
import type { Daemon } from '../lab/daemon.ts';
import { isDisposable } from '../lab/disposable.ts';
import { type Host, type Lab, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { PATIENCE } from '../lab/until.ts';
import { makeScene, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(120_000 * PATIENCE);

const ADDRESS = '10.0.9.1';
const GATEWAY = '10.0.9.254';
/** Of the device among the client's interfaces: wlan0 is the first. */
const DEVICE = 1;

/** Reasons to leave a test out, as tap's `skip` takes them. */
const lacks = (kind: string, words = `add probe type ${kind}`): string | false => {
  // Loading either makes a device of its own in the namespace that the machine began with.
  const module = { bond: 'bonding', dummy: 'dummy' }[kind];
  if (module !== undefined && !existsSync(`/sys/module/${module}`) && !isDisposable)
    return `${module} is not loaded, and to load it would change this machine`;
  const cable = 'ip link add below type veth peer name far';
  const { status, stderr } = spawnSync(
    'unshare',
    ['--net', 'sh', '-ec', `${cable}; ip link ${words}`],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? false : `no ${kind} here: ${stderr.trim()}`;
};

/** A network of its own in the middle, with cables into the client: `port0`, `port1` and so on. */
const lay = async ({ middle, client }: Lab, cables: number): Promise<void> => {
  const ports = Array.from({ length: cables }, (_, i) => i);
  await middle.ip([
    'link add side type bridge forward_delay 0 mcast_snooping 0',
    'link set side up',
    ...ports.flatMap((i) => [
      `link add far${i} type veth peer name port${i} netns ${client.namespace}`,
      `link set far${i} master side up`,
    ]),
  ]);
};

const addGateway = (middle: Host, device: string): Promise<void> =>
  middle.ip([`address add ${GATEWAY}/24 dev ${device}`, `link set ${device} up`]);

/** The device's address, rule and routes, as the lab gives them to interfaces. */
const configure = (client: Host, name: string): Promise<void> =>
  client.configure({}, [
    { name, addresses: [{ family: 'ipv4', address: ADDRESS, gateway: GATEWAY }], dad: false },
  ]);

/** The cable is pulled at its far end, and put back. */
const unplug = ({ middle }: Lab, port: number) => middle.ip([`link set far${port} down`]);
const plug = ({ middle }: Lab, port: number) => middle.ip([`link set far${port} up`]);

const policy = (wlan: string, device: string, role: string, route = 'none'): string => `
interface: { name: wlan0 }
role: ${wlan}
ready: { settle: 0s }
---
interface: { name: ${device} }
role: ${role}
ready: { settle: 0s, route: ${route} }
`;

const OPTIONS = { families: ['ipv4'], paths: 1 } as const;

const connect = (lab: Lab): Promise<Requests> =>
  Requests.start(lab.client, { to: lab.address(), port: PORT });

/** What status says of addresses: all that an interface has, by their address. */
const statesOf = async (daemon: Daemon, name: string): Promise<Record<string, string>> => {
  const { interfaces } = await daemon.status();
  const { addresses = [] } = interfaces.find((one) => one.name === name) ?? {};
  return Object.fromEntries(addresses.map(({ address, state }) => [address, state]));
};

const said = ({ program }: Daemon, what: RegExp, from = 0): boolean =>
  program.errors.slice(from).some((line) => what.test(line));

/** The subflow over the device, by its port: another one has another. */
const overDevice = async (lab: Lab): Promise<string[]> =>
  (await lab.client.sockets('subflows'))
    .filter(({ state, local }) => state === 'ESTAB' && local.startsWith(ADDRESS))
    .map(({ local }) => local);

t.test(
  'a VLAN is a path, and is lost with the carrier below',
  { skip: lacks('vlan', 'add link below name probe type vlan id 7') },
  async (t) => {
    const { lab, daemon } = await makeScene(t, policy('active', '"port0.*"', 'backup'), OPTIONS);
    await lay(lab, 1);
    await lab.middle.ip(['link add link side name side.7 type vlan id 7']);
    await addGateway(lab.middle, 'side.7');
    await lab.client.ip(['link set port0 up', 'link add link port0 name port0.7 type vlan id 7']);
    await configure(lab.client, 'port0.7');
    const requests = await connect(lab);
    await subflowsFrom(lab, DEVICE, 1);
    t.match(await statesOf(daemon, 'port0.7'), { [ADDRESS]: 'usable' });

    await requests.around(() => cut(lab.client, 0));
    await subflowsFrom(lab, 0, 0);
    await subflowsFrom(lab, DEVICE, 1);
    await lab.client.restore(0);
    await subflowsFrom(lab, 0, 1);

    await requests.around(() => unplug(lab, 0));
    await subflowsFrom(lab, DEVICE, 0);
    t.ok(said(daemon, /port0\.7 has no carrier/));
    await plug(lab, 0);
    await subflowsFrom(lab, DEVICE, 1);
    await requests.stop();
  },
);

t.test(
  'a bond is one path: it stays as long as a member does',
  { skip: lacks('bond') },
  async (t) => {
    const { lab, daemon } = await makeScene(t, policy('backup', 'bond0', 'active'), OPTIONS);
    await lay(lab, 2);
    await addGateway(lab.middle, 'side');
    await lab.client.ip([
      'link add bond0 type bond mode active-backup miimon 20',
      'link set port0 master bond0',
      'link set port1 master bond0',
    ]);
    await configure(lab.client, 'bond0');
    const requests = await connect(lab);
    await subflowsFrom(lab, DEVICE, 1);
    const before = await overDevice(lab);
    const lines = daemon.program.errors.length;

    const other = (await activeMember(lab)) === 'port0' ? 1 : 0;
    await requests.around(() => unplug(lab, 1 - other));
    await until(
      'the other member is active',
      async () => (await activeMember(lab)) === `port${other}`,
    );
    const sent = (await lab.client.packets(DEVICE)).sent;
    await until(
      'data goes on',
      async () => (await lab.client.packets(DEVICE)).sent > sent + 10,
      5_000,
    );
    t.same(await overDevice(lab), before, 'it is the same subflow');
    t.notOk(said(daemon, /bond0 (is down|has no carrier)/, lines), 'and it was never lost');

    await requests.around(() => unplug(lab, other));
    await subflowsFrom(lab, DEVICE, 0);
    t.ok(said(daemon, /bond0 has no carrier/));
    await plug(lab, 1 - other);
    await subflowsFrom(lab, DEVICE, 1);
    await requests.stop();
  },
);

const activeMember = async ({ client }: Lab): Promise<string> => {
  const [bond] = JSON.parse(await client.exec(['ip', '-d', '-j', 'link', 'show', 'bond0']));
  return bond.linkinfo.info_data.active_slave ?? '';
};

t.test('a bridge is a path, its members are none', { skip: lacks('bridge') }, async (t) => {
  const { lab, daemon } = await makeScene(
    t,
    policy('active', '["br0", "port*"]', 'backup'),
    OPTIONS,
  );
  await lay(lab, 1);
  await addGateway(lab.middle, 'side');
  await lab.client.ip([
    'link add br0 type bridge forward_delay 0 mcast_snooping 0',
    'link set port0 master br0 up',
  ]);
  await configure(lab.client, 'br0');
  const requests = await connect(lab);
  await subflowsFrom(lab, DEVICE, 1);
  t.match(await statesOf(daemon, 'br0'), { [ADDRESS]: 'usable' });
  t.notOk(Object.values(await statesOf(daemon, 'port0')).includes('usable'));
  t.equal((await lab.client.sockets('subflows')).length, 2, 'one over wlan0, one over the bridge');

  await requests.around(() => cut(lab.client, 0));
  await subflowsFrom(lab, 0, 0);
  await lab.client.restore(0);
  await subflowsFrom(lab, 0, 1);

  await requests.around(() => unplug(lab, 0));
  await subflowsFrom(lab, DEVICE, 0);
  await plug(lab, 0);
  await subflowsFrom(lab, DEVICE, 1);
  await requests.stop();
});

t.test(
  'a dummy leads nowhere: no path without a default route',
  { skip: lacks('dummy') },
  async (t) => {
    const text = policy('active', 'dummy0', 'active', 'default');
    const { lab, daemon } = await makeScene(t, text, OPTIONS);
    await lab.client.ip([
      'link add dummy0 type dummy',
      'link set dummy0 up',
      `address add ${ADDRESS}/24 dev dummy0`,
    ]);
    const requests = await connect(lab);
    const lost = async () => (await statesOf(daemon, 'dummy0'))[ADDRESS];
    await until('status knows it', lost, 5_000, (state) => state === 'lost');
    t.same(await overDevice(lab), []);
    await lab.client.ip(['link delete dummy0']);
    await until('status has forgotten it', lost, 5_000, (state) => state === undefined);
    await requests.around(async () => undefined);
    await subflowsFrom(lab, 0, 1);
    t.pass();
    await requests.stop();
  },
);
