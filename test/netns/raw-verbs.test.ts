// The raw verbs against the real kernel, beside `ip mptcp` where that has the same.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { VERBS } from '../../src/cli/raw/verbs.ts';
import { loadAddon } from '../../src/kernel/addon.ts';
import type { Host, Lab } from '../lab/index.ts';
import { until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { ctl, Monitor, type Outcome, ready, startCtl, type Told } from '../lab/subflowctl.ts';
import { NO_MEASURING, PATIENCE } from '../lab/until.ts';
import { makeLab, PORT } from './scene.ts';

t.setTimeout(240_000 * PATIENCE);

/** What was done and seen, for the table at the end. */
const counts = {
  done: new Map<string, number>(),
  refused: new Map<string, number>(),
  seen: new Map<string, number>(),
};
const count = (in_: Map<string, number>, what: string): void => {
  in_.set(what, (in_.get(what) ?? 0) + 1);
};

/** `subflow create`; the operation without its object. */
const operationOf = (line: string): string => {
  const [verb = '', next = ''] = line.split(' ').filter((word) => !word.startsWith('--'));
  return /^(endpoint|limits|subflow)$/.test(verb) ? `${verb} ${next || 'show'}` : verb;
};

const good = async (
  t: Test,
  host: Host,
  line: string,
  stdout?: readonly string[],
): Promise<Outcome> => {
  const outcome = await ctl(host, line);
  t.equal(outcome.code, 0, line);
  t.same(outcome.stderr, [], line);
  if (stdout) t.same(outcome.stdout, stdout, line);
  count(counts.done, operationOf(line));
  return outcome;
};

/** Refused by the kernel: one line on standard error with its words, and nothing else. */
const refused = async (t: Test, host: Host, line: string, says: string | RegExp): Promise<void> => {
  const { code, stdout, stderr } = await ctl(host, line);
  t.equal(code, 1, line);
  t.same(stdout, [], line);
  t.equal(stderr.length, 1, line);
  t.match(stderr[0], says, line);
  count(counts.refused, operationOf(line));
};

const sameAsIp = async (t: Test, host: Host): Promise<void> => {
  const ip = (words: string) => host.exec(['ip', ...words.split(' ')]);
  for (const words of ['endpoint show', 'endpoint', 'limits show', 'limits']) {
    const { stdout } = await good(t, host, words);
    t.equal(stdout.map((line) => `${line}\n`).join(''), await ip(`mptcp ${words}`), words);
  }
  const { stdout } = await good(t, host, 'endpoint show --json');
  t.same(JSON.parse(stdout.join('')), JSON.parse(await ip('-j mptcp endpoint show')), 'json');
};

t.test('endpoints and limits, as ip mptcp shows them', async (t) => {
  const lab = await makeLab(t);
  const { client } = lab;
  const [wlan, wwan] = client.interfaces;
  await sameAsIp(t, client);
  await good(t, client, `endpoint add ${wlan?.ipv4} dev wlan0 subflow backup`, []);
  await good(t, client, `endpoint add ${wwan?.ipv4} id 7 port 4000 signal`, []);
  await good(t, client, `endpoint add ${wwan?.ipv6} dev wwan0 subflow fullmesh`, []);
  await good(t, client, 'endpoint add ::ffff:10.0.9.9 flags 0x8', []);
  await good(t, client, 'endpoint add 10.0.9.8 dev if99', []);
  await good(t, client, 'limits set subflow 5 add_addr_accepted 3', []);
  await sameAsIp(t, client);
  await good(t, client, 'endpoint show id 7', [`${wwan?.ipv4} port 4000 id 7 signal `]);
  const byId = await client.exec(['ip', 'mptcp', 'endpoint', 'show', 'id', '7']);
  t.equal(byId, `${wwan?.ipv4} port 4000 id 7 signal \n`);
  await good(t, client, 'limits --json', ['[{"add_addr_accepted":3,"subflows":5}]']);
  await good(t, client, 'limits set subflows 0', []);
  await good(t, client, 'limits show', ['add_addr_accepted 3 subflows 0 ']);

  await good(t, client, 'endpoint change id 1 nobackup', []);
  await good(t, client, 'endpoint show id 1', [`${wlan?.ipv4} id 1 subflow dev wlan0 `]);
  await good(t, client, `endpoint change ${wlan?.ipv4} backup fullmesh`, []);
  await good(t, client, 'endpoint show id 1', [
    `${wlan?.ipv4} id 1 subflow backup fullmesh dev wlan0 `,
  ]);
  await good(t, client, `endpoint change ${wwan?.ipv4} port 4000 backup`, []);
  await good(t, client, 'endpoint show id 7', [`${wwan?.ipv4} port 4000 id 7 signal backup `]);
  await good(t, client, 'endpoint delete id 7', []);
  await refused(
    t,
    client,
    'endpoint show id 7',
    'subflowctl: endpoint show id 7: address not found (EINVAL)',
  );
  await good(t, client, `endpoint delete id 0 ${wlan?.ipv4}`, []);
  await sameAsIp(t, client);
  await good(t, client, 'endpoint flush', []);
  await good(t, client, 'endpoint', []);
  await good(t, client, 'endpoint --json', ['[]']);
});

t.test('what the kernel says against endpoints and limits', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const { client } = lab;
  const ours = client.interfaces[0]?.ipv4;
  await good(t, client, 'endpoint add 10.0.9.1 id 3');
  const both = /flags mustn't have both signal and fullmesh \(EINVAL\)$/;
  for (const [line, says] of [
    ['endpoint add 10.0.9.1', /too many addresses or duplicate one: -17 \(EEXIST\)$/],
    ['endpoint add 10.0.9.2 id 3', /-16 \(EBUSY\)$/],
    [
      'endpoint add 10.0.9.2 subflow port 1',
      /flags must have signal .* when using port \(EINVAL\)$/,
    ],
    ['endpoint add 10.0.9.2 signal fullmesh', both],
    ['endpoint add 10.0.9.2 implicit', /can't create IMPLICIT endpoint \(EINVAL\)$/],
    ['endpoint add 10.0.9.2 signal port 1', /create listen socket error: -99 \(EADDRNOTAVAIL\)$/],
    ['endpoint delete id 9', 'subflowctl: endpoint delete id 9: address not found (EINVAL)'],
    ['endpoint show id 9', 'subflowctl: endpoint show id 9: address not found (EINVAL)'],
    ['endpoint change backup', /missing address ID \(EOPNOTSUPP\)$/],
    ['endpoint change id 9 backup', /address not found \(EINVAL\)$/],
    ['endpoint change 10.0.9.7 backup', /address not found \(EINVAL\)$/],
    ['limits set subflows 9', 'subflowctl: limits set: limit greater than maximum (8) (EINVAL)'],
    ['limits set add_addr_accepted 9', /limit greater than maximum/],
  ] as const) {
    await refused(t, client, line, says);
  }
  await good(t, client, `endpoint add ${ours} signal id 4`);
  await refused(t, client, 'endpoint change id 4 fullmesh', /invalid addr flags \(EINVAL\)$/);
  for (let i = 2; i <= 7; i++) await good(t, client, `endpoint add 10.0.9.${i} id ${100 + i}`);
  await refused(t, client, 'endpoint add 10.0.9.8', /too many addresses .*\(ERANGE\)$/);
});

const WAYS = [
  { family: '4', of: 'ipv4', client: (address: string) => address },
  { family: '6', of: 'ipv6', client: (address: string) => address },
  { family: 'mapped', of: 'ipv4', client: (address: string) => `::ffff:${address}` },
] as const;

/** The end of a subflow in the words that name it: `from ADDRESS port N`. */
const end = (told: Told, side: 's' | 'd'): string =>
  `${told[`${side}addr4`] ?? told[`${side}addr6`]} port ${told[`${side}port`]}`;

const pair = (told: Told): string => `from ${end(told, 's')} to ${end(told, 'd')}`;

interface Scene {
  readonly lab: Lab;
  /** What each side is told. */
  readonly near: Monitor;
  readonly far: Monitor;
}

const makeScene = async (t: Test): Promise<Scene> => {
  const lab = await makeLab(t, { peer: 'userspace' });
  await lab.client.pathManager('userspace');
  const [near, far] = await Promise.all([Monitor.start(lab.client), Monitor.start(lab.server)]);
  t.teardown(() => {
    if (!t.passing()) for (const { program } of [near, far]) t.comment(program.lines.join('\n'));
  });
  return { lab, near, far };
};

/** A connection with both of its ends: as the client was told of it, and as the server was. */
const connect = async ({ lab, near, far }: Scene, way: (typeof WAYS)[number]) => {
  const known = near.told.length;
  const options = { to: lab.address(way.of), port: PORT, family: way.family, every: 20 };
  const requests = await Requests.start(lab.client, options);
  const mine = await until(
    'the client is told',
    () => near.told.slice(known).find(({ event }) => event === 'established'),
    5_000,
  );
  const theirs = await far.event('established', { dport: Number(mine?.['sport']) });
  if (mine === undefined) throw new Error('not told');
  return { requests, mine, theirs };
};

t.test('a connection by hand, from its beginning to its end', async (t) => {
  const scene = await makeScene(t);
  const { lab, near, far } = scene;
  const { client, server } = lab;
  for (const [index, way] of WAYS.entries()) {
    const { requests, mine, theirs } = await connect(scene, way);
    const [token, peer] = [String(mine['token']), String(theirs['token'])];
    await near.event('created', { token });
    t.match(await far.event('created', { token: peer }), { 'server-side': 1 });
    t.match(token, /^0x[0-9a-f]{8}$/);
    const second = way.client(client.interfaces[1]?.[way.of] ?? '');

    await good(
      t,
      client,
      `subflow create token ${token} from ${second} id 5 dev wwan0 backup to ${end(mine, 'd')}`,
    );
    const joined = await near.event('sub-established', { token });
    t.match(joined, { 'loc-id': 5, 'rem-id': 0, backup: 0 });
    t.ok(Number(joined['if-idx']) > 0, 'with its interface');
    const accepted = await far.event('sub-established', { token: peer });
    t.match(accepted, { 'rem-id': 5, backup: 1 }, 'the peer knows that it is a backup');
    const entry = `${second} id 5 subflow backup dev wwan0 `;
    await good(t, client, `addresses token ${token}`, [entry]);
    await good(t, client, `addresses token ${token} id 5`, [entry]);
    const { stdout } = await good(t, client, `addresses --json token ${Number(token)}`);
    t.match(JSON.parse(stdout.join('')), [{ address: second, id: 5, subflow: true, dev: 'wwan0' }]);

    await good(t, client, `priority token ${token} ${pair(joined)} nobackup`);
    t.match(await far.event('sub-priority', { token: peer }), { backup: 0, 'rem-id': 5 });
    const [from, to] = pair(accepted).split(' to ');
    const ports = / port \d+/g;
    await good(t, server, `priority token ${peer} ${from?.replace(ports, '')} to ${to} flags 4`);
    t.match(await near.event('sub-priority', { token }), { backup: 1 });

    // ADD_ADDR with an IPv6 address and a port does not fit beside timestamps.
    const [address, port, dport] =
      way.of === 'ipv6' ? ['2001:db8:9::9', '', PORT] : ['10.9.9.9', 'port 4433', 4433];
    await good(t, server, `announce token ${peer} ${address} id 9 ${port}`);
    const announced = await near.event('announced', { token });
    t.match(announced, { 'rem-id': 9, dport });
    t.equal(announced['daddr4'] ?? announced['daddr6'], address);
    await good(t, server, `announce token ${peer} ${address} id 9 ${port} dev eth0 flags 0x1`);
    await good(t, server, `remove token ${peer} id 9`);
    await near.event('removed', { token, 'rem-id': 9 });

    if (index % 2 === 0) await good(t, client, `subflow destroy token ${token} ${pair(joined)}`);
    else await good(t, server, `subflow destroy token ${peer} ${pair(accepted)}`);
    await near.event('sub-closed', { token, 'loc-id': 5 });
    await far.event('sub-closed', { token: peer, 'rem-id': 5 });

    // Id 0 and a port of one's own are for the kernel to judge; nobody listens there.
    await good(
      t,
      client,
      `subflow create token ${token} from ${second} id 6 port 2${index}000 to ${end(mine, 'd').replace(/\d+$/, '1')}`,
    );
    t.match(await near.event('sub-closed', { token, 'loc-id': 6 }), {
      error: 111,
      sport: 20_000 + 1000 * index,
    });
    await requests.stop();
    await near.event('closed', { token });
    await far.event('closed', { token: peer });
  }
  for (const { event } of [...near.told, ...far.told]) count(counts.seen, String(event));
});

t.test('what the kernel says against commands of a connection', async (t) => {
  const scene = await makeScene(t);
  const { client, server } = scene.lab;
  const { requests, mine, theirs } = await connect(scene, WAYS[0]);
  const [token, peer] = [`token ${mine['token']}`, `token ${theirs['token']}`];
  const second = client.interfaces[1]?.ipv4;
  const to = `to ${end(mine, 'd')}`;
  const here = end(mine, 's');
  const unknown = /^subflowctl: [a-z ]+ on 0x1a2b3c4d: invalid token \(EINVAL\)$/;
  const none = 'token 0x1a2b3c4d';
  for (const [line, says] of [
    [`announce ${none} 10.9.9.9 id 1`, unknown],
    [`remove ${none} id 1`, unknown],
    [`subflow create ${none} from ${second} ${to}`, unknown],
    [`subflow destroy ${none} from ${here} ${to}`, unknown],
    [`priority ${none} from ${here} ${to} backup`, unknown],
    [`addresses ${none}`, unknown],
    [`addresses ${none} id 1`, /(invalid token|address not found) \(EINVAL\)$/],
    [`addresses ${token} id 77`, /address not found \(EINVAL\)$/],
    [`announce ${token} 10.9.9.9 id 0`, /invalid addr id \(EINVAL\)$/],
    [`announce ${token} 10.9.9.9 id 1 flags 4`, /invalid addr flags \(EINVAL\)$/],
    [`remove ${token} id 77`, /address with id 77 not found \(EINVAL\)$/],
    [`subflow create ${token} from ${second} id 5 flags 1 ${to}`, /invalid addr flags \(EINVAL\)$/],
    [`subflow create ${token} from 2001:db8::1 id 5 ${to}`, /families mismatch \(EINVAL\)$/],
    [`subflow create ${token} from 192.0.2.9 id 8 ${to}`, /\(EADDRNOTAVAIL\)$/],
    [`subflow create ${token} from ${second} id 9 dev if99 ${to}`, /\(ENODEV\)$/],
    [`subflow destroy ${token} from ${second} port 0 ${to}`, /missing local port \(EINVAL\)$/],
    [
      `subflow destroy ${token} from ${here} ${to.replace(/\d+$/, '0')}`,
      /missing remote port \(EINVAL\)$/,
    ],
    [`subflow destroy ${token} from ${second} port 9 ${to}`, /subflow not found \(ESRCH\)$/],
    [`priority ${token} from ${second} port 9 ${to} backup`, /subflow not found \(EINVAL\)$/],
  ] as const) {
    await refused(t, client, line, says);
  }
  await good(t, server, `announce ${peer} 10.9.9.9 id 9`);
  await refused(t, server, `announce ${peer} 10.9.9.9 id 10`, /did not match address and id/);
  await good(t, client, `subflow create ${token} from ${second} id 11 port 30000 ${to}`);
  await scene.near.event('sub-established', { 'loc-id': 11 });
  await refused(
    t,
    client,
    `subflow create ${token} from ${second} id 11 port 30000 ${to}`,
    /\((EADDRINUSE|EADDRNOTAVAIL)\)$/,
  );
  await good(t, client, `announce ${token} 10.9.9.8 id 20`);
  await refused(
    t,
    client,
    `subflow create ${token} from 10.9.9.8 id 21 ${to}`,
    /did not match address and id \(EINVAL\)$/,
  );
  await client.cut(1);
  await refused(
    t,
    client,
    `subflow create ${token} from ${second} id 11 dev wwan0 ${to}`,
    /\(ENETUNREACH\)$/,
  );
  await requests.stop();

  const v6 = await connect(scene, WAYS[1]);
  await refused(
    t,
    client,
    `subflow create token ${v6.mine['token']} from fe80::1 id 5 to fe80::2 port ${PORT}`,
    /\(EINVAL\)$/,
  );
  await v6.requests.stop();

  const addon = loadAddon();
  const fd = addon.openMptcpSocket({ family: 'ipv4', netns: client.netns });
  const idle = new Socket({ fd, readable: true, writable: true });
  t.teardown(() => idle.destroy());
  idle.on('error', () => {}).connect(PORT, scene.lab.address());
  await once(idle, 'connect');
  await refused(
    t,
    client,
    `subflow create token ${addon.connectionToken(fd)} from ${second} id 5 ${to}`,
    /\(ENOTCONN\)$/,
  );

  await client.pathManager('kernel');
  const theirOwn = await connect(scene, WAYS[0]);
  const kernels = `token ${theirOwn.mine['token']}`;
  for (const line of [
    `announce ${kernels} 10.9.9.9 id 1`,
    `remove ${kernels} id 1`,
    `subflow create ${kernels} from ${second} ${to}`,
    `subflow destroy ${kernels} ${pair(theirOwn.mine)}`,
    `priority ${kernels} ${pair(theirOwn.mine)} backup`,
    `addresses ${kernels}`,
  ]) {
    await refused(t, client, line, /userspace PM not selected \(EINVAL\)$/);
  }
  await theirOwn.requests.stop();
});

/** `monitor` and `ip mptcp monitor` side by side, once both have heard of a listener. */
const startBoth = async (host: Host) => {
  const ours = startCtl(host, 'monitor');
  const ip = host.spawn(['ip', 'mptcp', 'monitor']);
  await ready(host, () => ours.lines.length > 0 && ip.lines.length > 0);
  return { ours, ip };
};

t.test('monitor prints what ip mptcp monitor prints', async (t) => {
  const scene = await makeScene(t);
  const { client, server } = scene.lab;
  const both = await Promise.all([client, server].map(startBoth));
  for (const way of WAYS) {
    const { requests, mine } = await connect(scene, way);
    const second = way.client(client.interfaces[1]?.[way.of] ?? '');
    const token = String(mine['token']);
    const join = `from ${second} id 5 dev wwan0 to ${end(mine, 'd')}`;
    await good(t, client, `subflow create token ${token} ${join}`);
    await scene.near.event('sub-established', { token });
    await requests.stop();
    await scene.near.event('closed', { token });
  }
  const closed = (lines: readonly string[]) =>
    lines.filter((line) => line.includes(' CLOSED]')).length;
  for (const { ours, ip } of both) {
    await until(
      'both are told all',
      () => closed(ours.lines) === 3 && closed(ip.lines) === 3,
      5_000,
    );
    const recent = ip.lines.some((line) => line.includes('LISTENER'));
    t.same(comparable(ours.lines, recent), comparable(ip.lines, recent));
    t.same((await ours.stop('SIGTERM')).code, 0, 'to be ended is how it ends');
    await ip.stop();
  }
  const [near, far] = both.map(({ ours }) => ours.lines.join('\n'));
  t.match(near, / ifindex=\d+ dev=wwan0/);
  t.match(far, / server_side/);
});

/** Without what an `ip` that is not recent does not know: names of interfaces, and flags. */
const comparable = (lines: readonly string[], recent: boolean): string[] =>
  lines
    .filter((line) => !/LISTENER|UNKNOWN/.test(line))
    .map((line) => line.replace('token=0x', 'token='))
    .map((line) =>
      recent
        ? line
        : line.replace(/^\[ */, '[').replace(/ (dev|flags)=\S+| server_side| deny_join_id0/g, ''),
    );

t.test('listen holds a listener', async (t) => {
  const { lab, near } = await makeScene(t);
  const { client } = lab;
  const { ipv4, ipv6 } = client.interfaces[0] ?? {};
  for (const [address, attribute, text] of [
    [ipv4, 'saddr4', `${ipv4}:4444`],
    [ipv6, 'saddr6', `[${ipv6}]:4444`],
    [`::ffff:${ipv4}`, 'saddr6', `[::ffff:${ipv4}]:4444`],
  ] as const) {
    const listener = startCtl(client, `listen ${address} port 4444`);
    t.equal(await listener.line('listening'), `listening on ${text}`);
    await near.event('listener-created', { [attribute]: `${address}`, sport: 4444 });
    await refused(
      t,
      client,
      `listen ${address} port 4444`,
      /^subflowctl: listen .*\(EADDRINUSE\)$/,
    );
    t.same((await listener.stop(attribute === 'saddr4' ? 'SIGINT' : 'SIGTERM')).code, 0);
    await near.event('listener-closed', { [attribute]: `${address}`, sport: 4444 });
    count(counts.done, 'listen');
  }
  await refused(t, client, 'listen 192.0.2.1 port 4444', /\(EADDRNOTAVAIL\)$/);
  for (const { event } of near.told) count(counts.seen, String(event));
});

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const run = (argv: readonly string[]) => {
  const [command = '', ...rest] = argv;
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

t.test('another namespace, by its name, its path and a process in it', async (t) => {
  const { client } = await makeLab(t, { families: ['ipv4'] });
  await good(t, client, 'limits set subflows 6');
  const { program } = await Monitor.start(client);
  const names = [client.namespace, client.netns, String(program.pid)];
  for (const words of names.flatMap((name) => [
    ['--netns', name, 'limits'],
    ['limits', `--netns=${name}`],
  ])) {
    const { status, stdout } = run([process.execPath, MAIN, ...words]);
    t.same([status, stdout], [0, 'add_addr_accepted 0 subflows 6 \n'], words.join(' '));
  }
  const at = ['--netns', client.namespace];
  await client.ip(['link property add dev wwan0 altname modem-of-the-laptop']);
  const dev = ['endpoint', 'add', '10.0.9.1', 'dev', 'modem-of-the-laptop'];
  t.same(run([process.execPath, MAIN, ...dev, ...at]), { status: 0, stdout: '', stderr: '' });
  const { stdout } = run([process.execPath, MAIN, 'endpoint', ...at]);
  t.equal(stdout, '10.0.9.1 id 1 dev wwan0 \n', 'its interfaces are those of the namespace');
  const missing = run([process.execPath, MAIN, 'limits', '--netns', 'no-such-namespace']);
  t.match(missing, { status: 1, stderr: /no-such-namespace.*\(ENOENT\)\n$/ });
});

t.test('wrong words are refused before anything is sent', async (t) => {
  const { client } = await makeLab(t, { families: ['ipv4'] });
  for (const line of [
    'endpoint add 10.0.9.1 dev nosuch0',
    'endpoint add 10.0.9.1 id 256',
    'announce token 1 10.0.9.1 id 1 port 70000',
    'limits set subflows 3 frob',
  ]) {
    const { code, stdout, stderr } = await ctl(client, line);
    t.same([code, stdout], [2, []], line);
    t.match(stderr, [/^subflowctl: /, /^Usage: subflowctl /], line);
  }
  await good(t, client, 'endpoint', []);
  await good(t, client, 'limits', ['add_addr_accepted 0 subflows 2 ']);
  t.match(await ctl(client, 'li'), {
    code: 2,
    stderr: ['subflowctl: "li" may be limits or listen'],
  });
});

t.test('help', async (t) => {
  const { client } = await makeLab(t, { families: ['ipv4'] });
  const { stdout: all } = await ctl(client, '--help');
  for (const verb of ['status', ...Object.keys(VERBS)]) {
    t.ok(
      all.some((line) => line.startsWith(`  ${verb} `) || line === `  ${verb}`),
      verb,
    );
  }
  for (const line of ['endpoint help', 'subflow --help', '--json monitor -h', 'help limits']) {
    const { code, stdout } = await ctl(client, line);
    t.equal(code, 0, line);
    t.match(stdout[0], /^Usage: subflowctl /, line);
  }
});

t.test('without CAP_NET_ADMIN', async (t) => {
  const { client } = await makeLab(t, { families: ['ipv4'] });
  const bare = (line: string) => {
    const drop = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all', '--no-new-privs'];
    const enter = ['nsenter', `--net=${client.netns}`, '--', ...drop];
    return run([...enter, process.execPath, MAIN, ...line.split(' ')]);
  };
  for (const line of [
    'endpoint add 10.0.9.1',
    'endpoint flush',
    'limits set subflows 3',
    'remove token 1 id 1',
    'monitor',
  ]) {
    const { status, stdout, stderr } = bare(line);
    t.same([status, stdout], [1, ''], line);
    t.match(stderr, /^subflowctl: .*CAP_NET_ADMIN.*\(EPERM\)\n$/, line);
  }
  t.match(bare('limits'), { status: 0, stdout: 'add_addr_accepted 0 subflows 2 \n' });
});

t.test('a reader that has read enough is no failure', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const monitor = `"${process.execPath}" "${MAIN}" monitor`;
  const script = `${monitor} | head -n 1; echo "$${'{'}PIPESTATUS[0]}"`;
  const piped = lab.client.spawn(['bash', '-c', script]);
  await ready(lab.client, () => piped.lines.length === 2 || !piped.running);
  await piped.exited;
  t.match(piped.lines, [/LISTENER_(CREATED|CLOSED)/, '0']);
  t.same(piped.errors, []);
});

const ROUNDS = 9;

t.test('a command takes little longer than node itself', { skip: NO_MEASURING }, async (t) => {
  const { client } = await makeLab(t, { families: ['ipv4'] });
  const time = (...argv: readonly string[]): number => {
    const began = performance.now();
    run([
      `nsenter`,
      `--net=${client.netns}`,
      'env',
      '--unset=NODE_OPTIONS',
      process.execPath,
      ...argv,
    ]);
    return performance.now() - began;
  };
  const rounds = Array.from({ length: ROUNDS }, () => [time('-e', '0'), time(MAIN, 'limits')]);
  const [bare = 0, ours = 0] = [0, 1].map((i) => Math.min(...rounds.map((round) => round[i] ?? 0)));
  const ratio = ours / bare;
  t.comment(`node ${bare.toFixed(1)} ms, limits ${ours.toFixed(1)} ms: ${ratio.toFixed(2)}`);
  t.ok(ratio < 2, `${ratio.toFixed(2)} times as long`);
});

const EVENTS =
  'created established announced removed sub-established sub-closed sub-priority closed listener-created listener-closed';

t.test('nothing was left out', async (t) => {
  const row = (what: string, cells: readonly (number | string)[]) =>
    t.comment(`${what.padEnd(18)}${cells.map((cell) => String(cell).padStart(9)).join('')}`);
  row('COMMAND', ['DONE', 'REFUSED']);
  for (const what of new Set([...counts.done.keys(), ...counts.refused.keys()])) {
    row(what, [counts.done.get(what) ?? 0, counts.refused.get(what) ?? 0]);
  }
  row('EVENT', ['SEEN']);
  for (const event of EVENTS.split(' ')) {
    row(event, [counts.seen.get(event) ?? 0]);
    t.ok(counts.seen.get(event), event);
  }
});
