// Announced with a port: clients join at a listener that the daemon holds while connections announce it.

import t, { type Test } from 'tap';
import { openKernel } from '../../src/index.ts';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, type LabOptions, tool, until } from '../lab/index.ts';
import { type RequestOptions, Requests } from '../lab/requests.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, PORT } from './scene.ts';

t.setTimeout(120_000 * PATIENCE);

const LISTENER = 5000;

const policy = (port: number): string =>
  `interface: { name: "eth*" }\nrole: active\nready: { settle: 0s }\nannounce: { port: ${port} }\n`;

interface Scene {
  readonly lab: Lab;
  /** Of the server: it announces the second address. */
  readonly daemon: Daemon;
}

const serverDaemon = (
  t: Test,
  lab: Lab,
  port = LISTENER,
  words: readonly string[] = [],
): Promise<Daemon> => Daemon.start(lab.server, { policies: [policyFile(t, policy(port))], words });

/** A client whose in-kernel path manager joins what is announced, and a server with the daemon. */
const makeScene = async (t: Test, options: LabOptions = {}): Promise<Scene> => {
  const lab = await makeLab(t, { serverInterfaces: 2, ...options });
  await lab.client.exec('ip mptcp limits set subflows 4 add_addr_accepted 4'.split(' '));
  return { lab, daemon: await serverDaemon(t, lab) };
};

const ask = (lab: Lab, options: Partial<RequestOptions> = {}): Promise<Requests> =>
  Requests.start(lab.client, { to: lab.address(), port: PORT, every: 20, ...options });

/** `10.0.2.2:5000`, `[fd00::2]:5000` */
const secondAddress = ({ server }: Lab, family: 'ipv4' | 'ipv6' = 'ipv4'): string => {
  const address = server.interfaces[1]?.[family] ?? '';
  return family === 'ipv6' ? `[${address}]:${LISTENER}` : `${address}:${LISTENER}`;
};

const joins = (lab: Lab, at: string, count: number): Promise<unknown> =>
  until(
    `${count} joins at ${at}`,
    async () =>
      (await lab.client.sockets('subflows')).filter(
        ({ state, remote }) => state === 'ESTAB' && remote.replace('::ffff:', '') === at,
      ).length,
    15_000,
    (seen) => seen === count,
  );

/** Who listens on the port, as `ss` sees it. */
const listeners = async ({ server }: Lab): Promise<string[]> => {
  const table = await server.exec(['ss', '-Hltnp', `sport = :${LISTENER}`]);
  return table.split('\n').filter((line) => line !== '');
};

const isClosed = (lab: Lab): Promise<unknown> =>
  until(
    'nobody listens',
    () => listeners(lab),
    5_000,
    (seen) => seen.length === 0,
  );

/** How an ordinary connection ends, as whoever opened it sees it. */
const connect = async ({ client }: Lab, at: string): Promise<string> => {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(at) ?? [];
  const script = `require('node:net').connect(${port}, '${host}')
    .on('error', ({ code }) => console.log(code)).on('end', () => console.log('FIN'))`;
  return (await client.exec([process.execPath, '-e', script])).trim();
};

t.test('two connections share a listener, which goes with the last of them', async (t) => {
  const { lab, daemon } = await makeScene(t, { families: ['ipv4'] });
  const at = secondAddress(lab);
  t.same(await listeners(lab), [], 'nobody listens before there is a connection');
  const first = await ask(lab);
  await joins(lab, at, 1);
  const second = await ask(lab);
  await joins(lab, at, 2);
  t.equal((await listeners(lab)).length, 1);
  t.match(await listeners(lab), [at]);
  await first.stop();
  await joins(lab, at, 1);
  t.equal((await listeners(lab)).length, 1, 'the other one still announces it');
  await second.stop();
  await isClosed(lab);
  t.equal((await daemon.status()).counters['resetAtListeners'], 0, 'joins are not reset');
});

t.test('whoever connects and is no join is reset, and counted', async (t) => {
  const { lab, daemon } = await makeScene(t, { families: ['ipv4'] });
  const at = secondAddress(lab);
  const requests = await ask(lab);
  await joins(lab, at, 1);
  for (let i = 0; i < 5; i++) t.equal(await connect(lab, at), 'ECONNRESET');
  const mptcp = lab.client.spawn([
    ...[tool('client'), 'request', '--count', '1'],
    ...['--to', at.replace(/:\d+$/, ''), '--port', String(LISTENER)],
  ]);
  t.not((await mptcp.exited).code, 0, 'nor are other MPTCP connections served');
  await until(
    'six are counted',
    async () => (await daemon.status()).counters['resetAtListeners'],
    5_000,
    (count) => count === 6,
  );
  t.match(await daemon.ctl('status'), /resetAtListeners 6/);
  await joins(lab, at, 1);
  await requests.around(async () => undefined, 0);
});

t.test('IPv4, IPv6 and IPv4 in IPv6: the listener has the family of the path', async (t) => {
  const { lab } = await makeScene(t);
  // Beside timestamps no IPv6 address with a port fits into the options of a segment.
  await lab.server.sysctl('net.ipv4.tcp_timestamps', 0);
  for (const [family, path] of [
    ['4', 'ipv4'],
    ['6', 'ipv6'],
    ['mapped', 'ipv4'],
  ] as const) {
    const requests = await ask(lab, { to: lab.address(path), family });
    await joins(lab, secondAddress(lab, path), 1);
    t.match(await listeners(lab), [secondAddress(lab, path)], `family ${family}`);
    await requests.stop();
    await isClosed(lab);
  }
});

t.test('a client that has the daemon joins there from all of its paths', async (t) => {
  const { lab } = await makeScene(t, { families: ['ipv4'] });
  await Daemon.start(lab.client, { policies: [policyFile(t, twoPaths('active', 'active'))] });
  const requests = await ask(lab);
  await joins(lab, secondAddress(lab), 2);
  await lab.server.cut(1);
  await isClosed(lab);
  await joins(lab, secondAddress(lab), 0);
  await lab.server.restore(1);
  await joins(lab, secondAddress(lab), 2);
  await requests.stop();
  await isClosed(lab);
});

t.test('where another program listens nothing is opened, and joins find that one', async (t) => {
  const { lab, daemon } = await makeScene(t, { families: ['ipv4'] });
  const at = secondAddress(lab);
  const serve = ['serve', '--port', String(LISTENER), '--bind', at.replace(/:\d+$/, '')];
  const other = lab.server.spawn([tool('peer'), ...serve]);
  await other.line('ready');
  const first = await ask(lab);
  await joins(lab, at, 1);
  const second = await ask(lab);
  await joins(lab, at, 2);
  t.match(await listeners(lab), [/"peer"/], 'only the other program has it');
  const said = () =>
    daemon.program.errors.filter((line) => line.includes('another program listens')).length;
  await until('it is said', said, 5_000);
  t.equal(said(), 1, 'and once only');
  await other.stop();
  await until(
    'the daemon takes over',
    () => listeners(lab),
    5_000,
    ([line]) => line?.includes(at) === true && !line.includes('"peer"'),
  );
  await first.stop();
  await second.stop();
  await isClosed(lab);
});

t.test('the next daemon opens it again', async (t) => {
  const { lab, daemon } = await makeScene(t, { families: ['ipv4'] });
  const requests = await ask(lab);
  await joins(lab, secondAddress(lab), 1);
  await daemon.program.stop('SIGKILL');
  await isClosed(lab);
  const next = await serverDaemon(t, lab);
  await until(
    'the listener is back',
    () => listeners(lab),
    5_000,
    (seen) => seen.length === 1,
  );
  const sent = next.program.errors.filter((line) => / info +(announce|remove)/.test(line));
  const kernel = openKernel({ netns: lab.server.netns });
  const { 'token-dump': lists } = await kernel.capabilities();
  kernel.close();
  if (lists.has === 'no') t.ok(sent.length > 0, 'nobody tells what is announced: it is said again');
  else t.same(sent, [], 'nothing is announced twice');
  await requests.stop();
  await isClosed(lab);
  t.equal(await next.stop(), 0);
});

t.test('a daemon whose policy has another port withdraws the one before', async (t) => {
  const { lab, daemon } = await makeScene(t, { families: ['ipv4'] });
  const requests = await ask(lab);
  await joins(lab, secondAddress(lab), 1);
  t.equal(await daemon.stop(), 0);
  await serverDaemon(t, lab, LISTENER + 1);
  await joins(lab, secondAddress(lab), 0);
  await joins(lab, secondAddress(lab).replace(`${LISTENER}`, `${LISTENER + 1}`), 1);
  t.same(await listeners(lab), [], 'the old port is free');
  await requests.around(async () => undefined, 0);
});

t.test('the in-kernel path manager listens by itself', async (t) => {
  const lab = await makeLab(t, { serverInterfaces: 2, families: ['ipv4'] });
  await lab.client.exec('ip mptcp limits set subflows 4 add_addr_accepted 4'.split(' '));
  const daemon = await serverDaemon(t, lab, LISTENER, ['--manager', 'kernel']);
  await ask(lab);
  await joins(lab, secondAddress(lab), 1);
  const { endpoints } = await daemon.status();
  t.match(endpoints, [{ port: LISTENER, flags: ['signal'], ours: true }]);
  t.equal(await daemon.stop(), 0);
});
