// What the kernel cannot tell again outlives kill -9; and a journal that is damaged is not believed.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Daemon } from '../lab/daemon.ts';
import { type Host, type Lab, type LabOptions, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, PORT } from './scene.ts';

t.setTimeout(120_000 * PATIENCE);

interface Scene {
  readonly lab: Lab;
  readonly runtime: string;
}

const makeScene = async (t: Test, options: LabOptions = {}): Promise<Scene> => {
  const runtime = Daemon.runtime();
  // Before the lab's: teardowns run backwards, and a daemon that still lives writes here.
  t.teardown(() => rmSync(runtime, { recursive: true, force: true }));
  return { lab: await makeLab(t, { families: ['ipv4'], ...options }), runtime };
};

const start = (
  t: Test,
  host: Host,
  policy: string,
  options: { readonly runtime?: string; readonly words?: readonly string[] } = {},
): Promise<Daemon> => Daemon.start(host, { policies: [policyFile(t, policy)], ...options });

const kill = async ({ program }: Daemon): Promise<void> => {
  await program.stop('SIGKILL');
};

/** Remote addresses and ports of the subflows that leave by the client's second interface. */
const joinedFromSecond = async ({ client }: Lab): Promise<string[]> => {
  const { ipv4 = '' } = client.interfaces[1] ?? {};
  const subflows = await client.sockets('subflows');
  return subflows
    .filter(({ state, local }) => state === 'ESTAB' && local.startsWith(ipv4))
    .map(({ remote }) => remote)
    .sort();
};

t.test('what the peer announced', async (t) => {
  const { lab, runtime } = await makeScene(t, { serverInterfaces: 2 });
  const announcing =
    'interface: { name: "eth*" }\nrole: active\nready: { settle: 0s }\nannounce: { port: 5000 }\n';
  await start(t, lab.server, announcing);
  // The first daemon has no path to join from: only it hears what is announced.
  await lab.client.cut(1);
  const first = await start(t, lab.client, twoPaths('off', 'active'), { runtime });
  await Requests.start(lab.client, { to: lab.address(), port: PORT });
  await until(
    'the peer has announced its second address',
    () => first.program.errors.some((line) => line.includes(' announced id ')),
    10_000,
  );
  await kill(first);
  await lab.client.restore(1);
  await start(t, lab.client, twoPaths('off', 'active'), { runtime });
  const wanted = [`${lab.address()}:${PORT}`, `${lab.server.interfaces[1]?.ipv4}:5000`].sort();
  await until(
    `joins to ${wanted.join(' and ')}`,
    () => joinedFromSecond(lab),
    10_000,
    (seen) => seen.join() === wanted.join(),
  );
  t.pass('the next daemon joins where only the one before it was told to');
});

t.test('what the peer refuses, and for how long it is left alone', async (t) => {
  const { lab, runtime } = await makeScene(t, { peer: 'kernel' });
  await lab.server.exec('ip mptcp limits set subflows 0'.split(' '));
  const policy = twoPaths('active', 'active');
  const first = await start(t, lab.client, policy, { runtime });
  await Requests.start(lab.client, { to: lab.address(), port: PORT });
  const pending = async (daemon: Daemon) => (await daemon.status()).connections[0]?.pending[0];
  const before = await until(
    'it has failed three times',
    () => pending(first),
    20_000,
    (goal) => (goal?.failures ?? 0) >= 3,
  );
  await kill(first);
  const second = await start(t, lab.client, policy, { runtime });
  const after = await pending(second);
  t.equal(after?.goal, before?.goal);
  t.ok((after?.failures ?? 0) >= 3, `${after?.failures} failures`);
});

const endpoints = async (lab: Lab): Promise<string[]> =>
  (await lab.client.exec(['ip', 'mptcp', 'endpoint', 'show'])).split('\n').filter(Boolean).sort();

t.test('a damaged journal is not believed: then nothing in the kernel is ours', async (t) => {
  const { lab, runtime } = await makeScene(t);
  const policy = twoPaths('active', 'backup');
  const options = { runtime, words: ['--manager', 'kernel'] };
  const first = await start(t, lab.client, policy, options);
  const left = await until(
    'two endpoints',
    () => endpoints(lab),
    10_000,
    (all) => all.length === 2,
  );
  await kill(first);
  const path = join(runtime, 'journal');
  const bytes = readFileSync(path);
  bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const second = await start(t, lab.client, policy, options);
  const warnings = second.program.errors.filter((line) =>
    line.includes('nothing is known from before'),
  );
  t.equal(warnings.length, 1, 'said once');
  t.match(warnings[0], /journal is damaged in line \d+/);
  t.same(
    (await second.status()).endpoints.map(({ ours }) => ours),
    [false, false],
  );
  t.equal(await second.stop(), 0);
  t.same(await endpoints(lab), left, 'what nobody owns for certain is not deleted');
});

t.test('an undamaged one is: what is ours is taken back', async (t) => {
  const { lab, runtime } = await makeScene(t);
  const policy = twoPaths('active', 'backup');
  const options = { runtime, words: ['--manager', 'kernel'] };
  const first = await start(t, lab.client, policy, options);
  await until(
    'two endpoints',
    () => endpoints(lab),
    10_000,
    (all) => all.length === 2,
  );
  await kill(first);
  const second = await start(t, lab.client, policy, options);
  t.same(
    (await second.status()).endpoints.map(({ ours }) => ours),
    [true, true],
  );
  t.equal(await second.stop(), 0);
  t.same(await endpoints(lab), []);
});
