// What Linux does that nobody expects: told by its own events, tables and counters, and what the daemon makes of it.

import t, { type Test } from 'tap';
import type { ConnectionStatus } from '../../src/control/protocol.ts';
import { cut } from '../lab/cut.ts';
import { Daemon } from '../lab/daemon.ts';
import { type Host, type Lab, type LabOptions, type Program, tool, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { ctl, Monitor, type Told } from '../lab/subflowctl.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(540_000 * PATIENCE);

const IPV4 = { families: ['ipv4'] } as const;
/** So rare that nothing is under way while it is looked at. */
const QUIET = 3_600_000;

interface Scene {
  readonly lab: Lab;
  /** Of the client. */
  readonly daemon: Daemon;
  /** What the client's kernel tells. */
  readonly monitor: Monitor;
}

const makeScene = async (
  t: Test,
  policy = twoPaths('active', 'active'),
  options: LabOptions = IPV4,
): Promise<Scene> => {
  const lab = await makeLab(t, options);
  const monitor = await Monitor.start(lab.client);
  const daemon = await Daemon.start(lab.client, { policies: [policyFile(t, policy)] });
  t.teardown(() => {
    if (t.passing()) return;
    t.comment([...monitor.program.lines, ...daemon.program.errors].join('\n'));
  });
  return { lab, daemon, monitor };
};

const ask = (lab: Lab, every = QUIET): Promise<Requests> =>
  Requests.start(lab.client, { to: lab.address(), port: PORT, every });

const connections = async (daemon: Daemon): Promise<readonly ConnectionStatus[]> =>
  (await daemon.status()).connections;

const connectionsAre = (daemon: Daemon, count: number): Promise<unknown> =>
  until(
    `${count} connections are known`,
    async () => (await connections(daemon)).length,
    15_000,
    (seen) => seen === count,
  );

const commands = async (daemon: Daemon): Promise<number> =>
  (await daemon.status()).counters['commands'] ?? Number.NaN;

const resyncs = async (daemon: Daemon): Promise<number> =>
  (await daemon.status()).counters['resyncs'] ?? Number.NaN;

/** Has everything read again, and waits for that. */
const readAgain = async (daemon: Daemon): Promise<void> => {
  const before = await resyncs(daemon);
  daemon.program.kill('SIGHUP');
  await until(
    'everything was read again',
    () => resyncs(daemon),
    15_000,
    (seen) => seen > before,
  );
};

const eventsOf = ({ told }: Monitor, token: unknown): string[] =>
  told.filter((one) => one['token'] === token).map(({ event }) => String(event));

const countOf = ({ told }: Monitor, event: string): number =>
  told.filter((one) => one.event === event).length;

/** The kernel's list of a connection's local addresses: `10.0.2.2 id 1 implicit`. */
const addressesOf = async (host: Host, token: unknown): Promise<string[]> => {
  const { stdout } = await ctl(host, `addresses token ${token}`);
  return stdout.map((line) => line.trim());
};

const failing = (host: Host, to: string, port: number): Program =>
  host.spawn([tool('client'), 'request', '--count', '1', '--to', to, '--port', String(port)]);

t.test('CLOSED without CREATED: a client that is refused, and one that is plain TCP', async (t) => {
  const { lab, daemon, monitor } = await makeScene(t);
  const plain = `require('node:net').createServer((s) => s.on('error', () => {}).pipe(s))
    .listen(7200, () => console.log('ready'))`;
  await lab.server.spawn([process.execPath, '-e', plain]).line('ready');
  const before = (await lab.client.mib())['MPCapableFallbackSYNACK'] ?? 0;
  for (const port of [7199, 7200]) {
    const known = countOf(monitor, 'closed');
    t.not((await failing(lab.client, lab.address(), port).exited).code, 0);
    await until('it is closed', () => countOf(monitor, 'closed') === known + 1, 5_000);
  }
  t.equal((await lab.client.mib())['MPCapableFallbackSYNACK'], before + 1, 'one fell back');
  t.equal(countOf(monitor, 'created'), 0, 'the kernel told of no beginning');
  const { counters } = await daemon.status();
  t.match(counters, { commands: 0, resyncs: 1, lost: 0 }, 'no reason to do anything');
  await connectionsAre(daemon, 0);
});

const MANY = 200;

t.test('no CLOSED after MP_FASTCLOSE: a resync finds out, and nothing stays behind', async (t) => {
  const { lab, daemon, monitor } = await makeScene(t);
  const peer = lab.server.spawn([tool('peer'), 'serve', '--port', '7100']);
  await peer.line('ready');
  const to = ['--to', lab.address(), '--port', '7100', '--window', '20'];
  for (const round of [1, 2, 3]) {
    const storm = [tool('client'), 'storm', '--hold', '--count', String(MANY), ...to];
    const client = lab.client.spawn(storm);
    await client.line('all are open', undefined, 20_000);
    await subflowsFrom(lab, 1, MANY);
    await connectionsAre(daemon, MANY);
    const received = (await lab.client.mib())['MPFastcloseRx'] ?? 0;
    peer.send('abort');
    await until(
      'all have ended',
      async () => ((await lab.client.mib())['MPFastcloseRx'] ?? 0) - received,
      10_000,
      (seen) => seen >= MANY,
    );
    await until(
      'no MPTCP socket is left',
      async () => (await lab.client.sockets('connections')).length,
      10_000,
      (seen) => seen === 0,
    );
    await client.stop('SIGKILL');
    t.equal(countOf(monitor, 'closed'), 0, 'the kernel tells of none');
    await readAgain(daemon);
    const { connections, pending, listeners } = await daemon.status();
    t.same({ connections, pending, listeners }, { connections: [], pending: [] }, `round ${round}`);
  }
  const before = await commands(daemon);
  await ask(lab);
  await subflowsFrom(lab, 1, 1);
  t.equal(await commands(daemon), before + 1, 'what has ended is not planned for any more');
});

/** A server without a daemon, whose kernel does what it is told by hand. */
const USERSPACE_PEER = { ...IPV4, peer: 'userspace', serverInterfaces: 2 } as const;

/** The server's token for the only connection. */
const serverToken = async (far: Monitor): Promise<unknown> =>
  (await far.event('established', {}))['token'];

t.test('ANNOUNCED twice is one address', async (t) => {
  const { lab, daemon, monitor } = await makeScene(t, undefined, USERSPACE_PEER);
  await lab.server.pathManager('userspace');
  const far = await Monitor.start(lab.server);
  await ask(lab);
  await subflowsFrom(lab, 1, 1);
  const token = await serverToken(far);
  for (const time of [1, 2, 3]) {
    const { code } = await ctl(lab.server, `announce token ${token} 10.0.2.2 id 9`);
    t.equal(code, 0);
    await until(`announced ${time}`, () => countOf(monitor, 'announced') >= time, 5_000);
  }
  await subflowsFrom(lab, 0, 2);
  await subflowsFrom(lab, 1, 2);
  await readAgain(daemon);
  t.equal(countOf(monitor, 'sub-established'), 3, 'each pair was joined once');
  const [one] = await connections(daemon);
  t.match(one, { subflows: { length: 4 }, pending: [] });
});

t.test('SUB_CLOSED without SUB_ESTABLISHED: nobody listens where the peer announced', async (t) => {
  const { lab, daemon, monitor } = await makeScene(t, undefined, USERSPACE_PEER);
  await lab.server.pathManager('userspace');
  const far = await Monitor.start(lab.server);
  await ask(lab);
  await subflowsFrom(lab, 1, 1);
  await ctl(lab.server, `announce token ${await serverToken(far)} 10.0.2.2 id 9 port 9`);
  const { token } = await monitor.event('sub-closed', { dport: 9, error: 111 });
  const pending = await until(
    'both joins back off',
    async () => (await connections(daemon))[0]?.pending ?? [],
    10_000,
    (seen) => seen.filter(({ failures }) => failures >= 2).length === 2,
  );
  for (const { error } of pending) t.equal(error, 'ECONNREFUSED');
  t.equal(monitor.told.filter((one) => one['dport'] === 9 && isJoin(one)).length, 0);
  const tries = monitor.told.filter((one) => one['dport'] === 9 && one.event === 'sub-closed');
  t.ok(tries.length <= 6, `no storm: ${tries.length} tries on ${token}`);
  await subflowsFrom(lab, 1, 1);
});

const isJoin = ({ event }: Told): boolean => event === 'sub-established';

t.test('an id that the kernel gave before us is the one that the peer is told', async (t) => {
  const lab = await makeLab(t, USERSPACE_PEER);
  await lab.client.pathManager('userspace');
  const [near, far] = await Promise.all([Monitor.start(lab.client), Monitor.start(lab.server)]);
  await ask(lab);
  const mine = await near.event('established');
  const token = await serverToken(far);
  // Without being told of it: of an address that nobody announced the server's kernel makes an entry of its own.
  const join = `from 10.0.2.1 id 5 dev wwan0 to 10.0.2.2 port ${PORT}`;
  t.equal((await ctl(lab.client, `subflow create token ${mine['token']} ${join}`)).code, 0);
  const joined = await far.event('sub-established', { token: String(token) });
  const id = joined['loc-id'];
  const [entry] = await addressesOf(lab.server, token);
  t.equal(entry, `::ffff:10.0.2.2 id ${id} implicit`, 'the kernel has it already');
  const announce = 'interface: { name: "eth*" }\nrole: active\nannounce: true\n';
  const daemon = await Daemon.start(lab.server, { policies: [policyFile(t, announce)] });
  const told = await near.event('announced');
  t.match(told, { daddr4: '10.0.2.2', 'rem-id': id });
  t.equal((await daemon.status()).counters['refused'], 0, 'the kernel agrees');
});

t.test('DESTROY drops the local address though another subflow uses it', async (t) => {
  const { lab, daemon, monitor } = await makeScene(t, undefined, USERSPACE_PEER);
  await lab.server.pathManager('userspace');
  const far = await Monitor.start(lab.server);
  const requests = await ask(lab, 5);
  await subflowsFrom(lab, 1, 1);
  await ctl(lab.server, `announce token ${await serverToken(far)} 10.0.2.2 id 9`);
  await subflowsFrom(lab, 1, 2);
  const [one] = await connections(daemon);
  const [first] = one?.subflows.filter((subflow) => subflow.interface === 'wwan0') ?? [];
  const id = first?.localId;
  const entry = `10.0.2.1 id ${id} subflow dev wwan0`;
  t.ok((await addressesOf(lab.client, one?.token)).includes(entry));
  const words = [first?.local, first?.remote].map((end) => end?.replace(':', ' port '));
  await ctl(lab.client, `subflow destroy token ${one?.token} from ${words[0]} to ${words[1]}`);
  await monitor.event('sub-closed', { token: one?.token ?? '' });
  t.notOk((await addressesOf(lab.client, one?.token)).includes(entry), 'the kernel forgot it');
  await subflowsFrom(lab, 1, 1);
  await requests.around(() => cut(lab.client, 1));
  await subflowsFrom(lab, 1, 0);
  await lab.client.restore(1);
  await subflowsFrom(lab, 1, 2);
  const after = await addressesOf(lab.client, one?.token);
  t.ok(after.includes(entry), 'under the id that the peer knows');
  t.equal((await daemon.status()).counters['resyncs'], 1, 'no reason to doubt everything');
  await requests.around(async () => undefined, 0);
});

t.test('REMOVE alone leaves the subflows of a dead path: DESTROY closes them', async (t) => {
  const lab = await makeLab(t, IPV4);
  await lab.client.pathManager('userspace');
  const near = await Monitor.start(lab.client);
  await ask(lab);
  const { token } = await near.event('established');
  const join = `from 10.0.2.1 id 40 dev wwan0 to ${lab.address()} port ${PORT}`;
  await ctl(lab.client, `subflow create token ${token} ${join}`);
  await subflowsFrom(lab, 1, 1);
  await lab.paths[1]?.silence();
  t.equal((await ctl(lab.client, `remove token ${token} id 40`)).code, 0);
  const removed = async () => ((await lab.server.mib())['RmAddr'] ?? 0) > 0;
  await until('the peer has heard of it', removed, 5_000);
  await subflowsFrom(lab, 1, 1);
  t.equal(countOf(near, 'sub-closed'), 0, 'by hand: nothing closes it here');
  await lab.paths[1]?.resume();

  const daemon = await Daemon.start(lab.client, {
    policies: [policyFile(t, twoPaths('active', 'active'))],
  });
  const requests = await ask(lab, 5);
  // The first connection has one to lose, too: the daemon has found it, and its address is not known any more.
  await subflowsFrom(lab, 1, 2);
  const heard = (await lab.server.mib())['RmAddr'] ?? 0;
  await requests.around(async () => lab.paths[1]?.unplug());
  await subflowsFrom(lab, 1, 0);
  t.equal((await daemon.status()).counters['resyncs'], 1, 'without reading everything again');
  t.ok(((await lab.server.mib())['RmAddr'] ?? 0) > heard, 'and the peer was told');
});

t.test('a connection that never is ESTABLISHED is left alone, and ends cleanly', async (t) => {
  const { lab, daemon, monitor } = await makeScene(t);
  // It waits for what this server never sends.
  const argv = ['download', '--to', lab.address(), '--port', String(PORT)];
  const idle = lab.client.spawn([tool('client'), ...argv]);
  const { token } = await monitor.event('created');
  await connectionsAre(daemon, 1);
  await readAgain(daemon);
  t.match(await connections(daemon), [{ note: /not acknowledged data/, pending: [] }]);
  t.same(eventsOf(monitor, token), ['created']);
  t.equal(await commands(daemon), 0, 'nothing is sent');
  t.equal((await lab.server.mib())['MPJoinSynRx'] ?? 0, 0);
  idle.kill();
  await monitor.event('closed', { token: String(token) });
  // The peer's acknowledgement of the end is one of data, too.
  await monitor.event('established', { token: String(token) });
  await connectionsAre(daemon, 0);
  t.equal(await commands(daemon), 0, 'nor is anything sent for what has ended');
  t.equal((await daemon.status()).counters['refused'], 0);
});

t.test(
  'v4-mapped: subflows are flagged and closed in the form that their socket has',
  async (t) => {
    const { lab, daemon } = await makeScene(t, twoPaths('backup', 'active'));
    const far = await Monitor.start(lab.server);
    const to = { to: lab.address(), port: PORT, family: 'mapped' } as const;
    const requests = await Requests.start(lab.client, to);
    await subflowsFrom(lab, 1, 1);
    await far.event('sub-priority', { backup: 1 });
    const [mapped] = (await lab.client.sockets('subflows')).filter(({ local }) =>
      local.includes('10.0.1.1'),
    );
    t.match(mapped?.local, /^\[::ffff:10\.0\.1\.1\]:/, 'the initial subflow');
    for (const path of [1, 0]) {
      await requests.around(() => cut(lab.client, path));
      await subflowsFrom(lab, path, 0);
      await lab.client.restore(path);
      await subflowsFrom(lab, path, 1);
    }
    t.equal((await daemon.status()).counters['refused'], 0);
  },
);

t.test('both ends on one host: nothing wrong is joined, and nothing is said', async (t) => {
  const policy = twoPaths('active', 'active').replaceAll('role:', 'announce: true\nrole:');
  const { lab, daemon, monitor } = await makeScene(t, policy);
  const own = { to: '10.0.1.1', port: 7300, every: 5 };
  await lab.client.spawn([tool('peer'), 'serve', '--port', '7300']).line('ready');
  const requests = await Requests.start(lab.client, own);
  await connectionsAre(daemon, 2);
  // The server's end tells the client's of the other address, as it would any client.
  await monitor.event('announced', { daddr4: '10.0.2.1' });
  await readAgain(daemon);
  const settled = await commands(daemon);
  t.ok(settled <= 1, `${settled} commands: an announcement`);
  await requests.around(() => cut(lab.client, 1));
  await requests.around(() => lab.client.restore(1));
  await requests.around(() => cut(lab.client, 0));
  await requests.around(() => lab.client.restore(0));
  await readAgain(daemon);
  const since = (await commands(daemon)) - settled;
  t.ok(since <= 8, `${since} commands for four changes`);
  t.equal((await lab.client.mib())['MPJoinSynRx'] ?? 0, 0, 'nothing was joined');
  t.equal((await daemon.status()).counters['refused'], 0);
  t.equal(
    (await lab.client.sockets('subflows')).filter(({ state }) => state === 'ESTAB').length,
    2,
  );
});
