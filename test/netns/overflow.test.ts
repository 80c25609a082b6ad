// Receive buffers that overflow: each of the daemon's netlink sockets in turn, as the kernel itself counts it
// (/proc/net/netlink). Nothing is known of what was lost; afterwards everything is right all the same.

import t, { type Test } from 'tap';
import { sequence } from '../bench/join-latency.ts';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, type Program, tool, until } from '../lab/index.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(540_000 * PATIENCE);

/** Bytes asked for; the kernel grants twice as much: some 150 events of mptcp_pm, at 832 bytes each. */
const SMALL = 64 << 10;
const IPV4 = { families: ['ipv4'] } as const;
const BOTH_ACTIVE = twoPaths('active', 'active');

const startDaemon = (t: Test, lab: Lab, receiveBuffer = SMALL): Promise<Daemon> =>
  Daemon.start(lab.client, {
    policies: [policyFile(t, BOTH_ACTIVE)],
    words: ['--receive-buffer', String(receiveBuffer)],
  });

type Which = 'events' | 'rtnetlink' | 'commands';

/** Datagrams that the kernel has dropped for want of room, by socket of the daemon. */
const drops = async ({ client }: Lab, { pid }: Program): Promise<Record<Which, number>> => {
  const found = { events: 0, rtnetlink: 0, commands: 0 };
  const table = await client.exec(['cat', '/proc/net/netlink']);
  const inodes = await socketsOf(client.exec.bind(client), pid);
  for (const row of table.split('\n').slice(1)) {
    const [, protocol, , groups = '', , , , , dropped, inode = ''] = row.trim().split(/\s+/);
    if (!inodes.has(inode)) continue;
    if (protocol === '0') found.rtnetlink += Number(dropped);
    else found[Number.parseInt(groups, 16) === 0 ? 'commands' : 'events'] += Number(dropped);
  }
  return found;
};

const socketsOf = async (
  exec: (argv: readonly string[]) => Promise<string>,
  pid: number,
): Promise<Set<string>> => {
  const listing = await exec(['ls', '-l', `/proc/${pid}/fd`]);
  return new Set([...listing.matchAll(/socket:\[(\d+)\]/g)].map(([, inode = '']) => inode));
};

/** How often the log says that events were lost, and that everything was read again because of it. */
const said = ({ program }: Daemon): { lost: number; readAgain: number } => ({
  lost: program.errors.filter((line) => line.includes('warn  events were lost')).length,
  readAgain: program.errors.filter((line) => /info +everything was read again \(\w+: /.test(line))
    .length,
});

const counters = async (daemon: Daemon): Promise<Readonly<Record<string, number>>> =>
  (await daemon.status()).counters;

/** Stops the daemon's process while `flood` happens; then it has to find out. */
const overflow = async (
  t: Test,
  lab: Lab,
  daemon: Daemon,
  which: Which,
  flood: () => Promise<unknown>,
): Promise<void> => {
  const before = said(daemon);
  const dropped = (await drops(lab, daemon.program))[which];
  const lost = (await counters(daemon))['lost'] ?? 0;
  daemon.program.kill('SIGSTOP');
  await flood();
  t.ok((await drops(lab, daemon.program))[which] > dropped, `the kernel dropped ${which}`);
  daemon.program.kill('SIGCONT');
  await until(
    'everything was read again',
    () => said(daemon).readAgain,
    20_000,
    (seen) => seen > before.readAgain,
  );
  t.equal(said(daemon).lost, before.lost + 1, 'said once');
  t.ok(((await counters(daemon))['lost'] ?? 0) > lost, 'and counted');
};

const hold = async (lab: Lab, count: number): Promise<Program> => {
  const to = ['--to', lab.address(), '--port', String(PORT), '--ports', '8'];
  const words = ['storm', '--hold', '--count', String(count), ...to];
  const client = lab.client.spawn([tool('client'), ...words]);
  await client.line('all are open', undefined, 30_000);
  return client;
};

const ofKernel = async ({ client }: Lab): Promise<string[]> =>
  (await client.sockets('subflows'))
    .filter(({ state, details }) => state === 'ESTAB' && details['token'] !== undefined)
    .map(({ local, remote }) => `${local.replace(/%\w+/, '')} → ${remote}`)
    .sort();

const ofDaemon = async (daemon: Daemon): Promise<string[]> =>
  (await daemon.status()).connections
    .flatMap(({ subflows }) => subflows.map(({ local, remote }) => `${local} → ${remote}`))
    .sort();

/** The subflows that the daemon knows are those that the kernel has. */
const isTrue = async (t: Test, lab: Lab, daemon: Daemon): Promise<void> => {
  const seen = await until(
    'the daemon knows the subflows of the kernel',
    async () => ({ kernel: await ofKernel(lab), known: await ofDaemon(daemon) }),
    10_000,
    ({ kernel, known }) => kernel.join() === known.join(),
  );
  t.pass(`${seen.kernel.length} subflows`);
};

const ROUNDS = 3;

t.test('events of mptcp_pm', async (t) => {
  const lab = await makeLab(t, IPV4);
  const daemon = await startDaemon(t, lab);
  const held: Program[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await overflow(t, lab, daemon, 'events', async () => {
      held.push(await hold(lab, 50));
      const to = ['--to', lab.address(), '--port', String(PORT), '--ports', '8'];
      const churn = [tool('client'), 'churn', '--count', '1000', '--window', '20', ...to];
      await lab.client.spawn(churn).exited;
    });
    await subflowsFrom(lab, 1, 50 * round);
    await isTrue(t, lab, daemon);
    t.equal(await sequence(lab, 1, 10_000), 1, `round ${round}: the next one is served`);
  }
  // What ended while it could not hear.
  await overflow(t, lab, daemon, 'events', async () => {
    await Promise.all(held.map((client) => client.stop('SIGKILL')));
    const to = ['--to', lab.address(), '--port', String(PORT), '--ports', '8'];
    await lab.client.spawn([tool('client'), 'churn', '--count', '200', ...to]).exited;
  });
  await isTrue(t, lab, daemon);
});

t.test('rtnetlink', async (t) => {
  const lab = await makeLab(t, IPV4);
  const daemon = await startDaemon(t, lab);
  await hold(lab, 20);
  await subflowsFrom(lab, 1, 20);
  const flood = Array.from({ length: 1_000 }, (_, i) => `127.7.${i >> 8}.${i & 255}/32 dev lo`);
  for (let round = 1; round <= ROUNDS; round++) {
    await overflow(t, lab, daemon, 'rtnetlink', async () => {
      await lab.client.ip(flood.map((one) => `address add ${one}`));
      await lab.client.cut(0);
      await lab.client.ip(flood.map((one) => `address delete ${one}`));
    });
    await subflowsFrom(lab, 0, 0);
    const { interfaces } = await daemon.status();
    const known = interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address));
    const shown = (await lab.client.exec(['ip', '-o', 'address', 'show'])).matchAll(
      /inet6? ([^/ ]+)/g,
    );
    t.same(
      known.sort(),
      [...shown].map(([, address]) => address).sort(),
      'the addresses are known',
    );
    t.equal(await sequence(lab, 1, 500), 0, 'nowhere else to join from');
    await lab.client.restore(0);
    await subflowsFrom(lab, 0, 20);
    t.equal(await sequence(lab, 1, 10_000), 1, `round ${round}: the next one is served`);
    await isTrue(t, lab, daemon);
  }
});

const AT_ONCE = 300;

t.test('answers to commands', async (t) => {
  const lab = await makeLab(t, IPV4);
  await lab.client.pathManager('userspace');
  await hold(lab, AT_ONCE);
  // Room for some ten answers: with its first plan the daemon asks for hundreds of joins in one write.
  const daemon = await startDaemon(t, lab, 4 << 10);
  await subflowsFrom(lab, 1, AT_ONCE);
  t.ok((await drops(lab, daemon.program)).commands > 0, 'the kernel dropped answers');
  t.equal((await lab.server.mib())['MPJoinAckRx'], AT_ONCE, 'each was joined once');
  const readAgain = () => said(daemon).readAgain;
  await until('everything was read again', readAgain, 20_000);
  // Each resync may lead to joins, whose events do not fit either: until nothing is left to do.
  await until(
    'nothing is pending',
    async () => (await daemon.status()).connections.flatMap(({ pending }) => pending),
    30_000,
    (pending) => pending.length === 0,
  );
  const { lost, readAgain: cured } = said(daemon);
  t.ok(lost <= cured + 1, `said ${lost} times, read again ${cured} times`);
  t.ok(((await counters(daemon))['lost'] ?? 0) >= lost, 'and all are counted');
  t.equal(await sequence(lab, 1, 10_000), 1, 'the next one is served');
  await isTrue(t, lab, daemon);
  t.equal((await lab.server.mib())['MPJoinAckRx'], AT_ONCE + 1, 'none twice');
});
