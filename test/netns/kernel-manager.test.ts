// The in-kernel path manager, given its endpoints by subflowd: the same paths as subflowd's own decisions make, and a
// table that is right whatever happens to the host, the daemon or the rest of the table.

import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { cut } from '../lab/cut.ts';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, type LabOptions, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { NO_MEASURING, PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, median, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(300_000 * PATIENCE);

const IPV4 = { families: ['ipv4'] } as const;
const KERNEL = ['--manager', 'kernel'];

interface Scene {
  readonly lab: Lab;
  readonly start: (anotherPolicy?: string, otherWords?: readonly string[]) => Promise<Daemon>;
}

/** A lab, and how to start the daemon in it: again with the same runtime directory, so that it finds its record. */
const makeScene = async (
  t: Test,
  policy: string,
  options: LabOptions = IPV4,
  words: readonly string[] = KERNEL,
): Promise<Scene> => {
  const runtime = Daemon.runtime();
  // Before the lab's: teardowns run backwards, and a daemon that still lives writes here.
  t.teardown(() => rmSync(runtime, { recursive: true, force: true }));
  const lab = await makeLab(t, options);
  const start: Scene['start'] = (another = policy, otherWords = words) =>
    Daemon.start(lab.client, {
      policies: [policyFile(t, another)],
      words: otherWords,
      runtime,
    });
  return { lab, start };
};

/** `10.0.1.1 id 32 subflow fullmesh dev wlan0`, sorted. */
const endpoints = async (lab: Lab): Promise<string[]> =>
  (await lab.client.exec(['ip', 'mptcp', 'endpoint', 'show']))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort();

const limits = async (lab: Lab): Promise<string> =>
  (await lab.client.exec(['ip', 'mptcp', 'limits', 'show'])).trim();

const addressesAre = (lab: Lab, expected: readonly (string | undefined)[]): Promise<unknown> => {
  const wanted = [...expected].sort().join(' ');
  return until(
    `endpoints: ${wanted}`,
    async () =>
      (await endpoints(lab))
        .map((line) => line.split(' ')[0])
        .sort()
        .join(' '),
    15_000,
    (seen) => seen === wanted,
  );
};

const address = (lab: Lab, index: number): string => lab.client.interfaces[index]?.ipv4 ?? '';

/** Local and remote address and backup flag of each subflow, as `ss` shows them. */
const paths = async (lab: Lab): Promise<string[]> =>
  (await lab.client.sockets('subflows'))
    .filter(({ state }) => state === 'ESTAB')
    .map(({ local, remote }) => [local, remote].map((end) => end.replace(/(%\w+)?:\d+$/, '')))
    .map((pair) => pair.join(' → '))
    .sort();

for (const [first, second] of [
  ['active', 'active'],
  ['active', 'backup'],
  ['backup', 'active'],
  ['active', 'standby'],
  ['active', 'off'],
] as const) {
  t.test(`${first} and ${second}: the same paths under both path managers`, async (t) => {
    const found: Record<string, string[]> = {};
    const options = { families: ['ipv4', 'ipv6'] } as const;
    for (const manager of ['userspace', 'kernel']) {
      const policy = twoPaths(first, second);
      const words = ['--manager', manager];
      const { lab, start } = await makeScene(t, policy, options, words);
      const daemon = await start();
      t.equal((await daemon.status()).manager, manager);
      await Requests.start(lab.client, { to: lab.address(), port: PORT });
      const joined = second === 'standby' || second === 'off' ? 0 : 1;
      await subflowsFrom(lab, 1, joined);
      await subflowsFrom(lab, 0, 1);
      found[manager] = await paths(lab);
      await daemon.stop();
      await lab.close();
    }
    t.same(found['kernel'], found['userspace']);
  });
}

t.test('a cut link: connections move at once, and back at its return', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'backup'));
  await start();
  const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
  const waits: number[] = [];
  for (let round = 0; round < 10; round++) {
    await subflowsFrom(lab, 0, 1);
    await subflowsFrom(lab, 1, 1);
    waits.push(Math.max(...(await requests.around(() => cut(lab.client, 0), 50))));
    await subflowsFrom(lab, 0, 0);
    await addressesAre(lab, [address(lab, 1)]);
    await lab.client.restore(0);
  }
  t.comment(`waits: ${waits.map((wait) => wait.toFixed(1)).join(', ')} ms`);
  const what = `median ${median(waits)} ms; the kernel alone needs 200 and more`;
  t.ok(median(waits) < 100, what, { skip: NO_MEASURING });
});

t.test('a standby path gets an endpoint once the active one is lost', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'standby'));
  await start();
  const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
  for (const round of [1, 2, 3]) {
    await subflowsFrom(lab, 0, 1);
    await addressesAre(lab, [address(lab, 0)]);
    await requests.around(() => cut(lab.client, 0));
    await subflowsFrom(lab, 1, 1);
    await addressesAre(lab, [address(lab, 1)]);
    await lab.client.restore(0);
    await subflowsFrom(lab, 1, 0);
    t.pass(`round ${round}`);
  }
});

t.test('killed and started again: nothing lost, doubled or stale', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'backup'));
  await lab.client.ip([
    `mptcp endpoint add 10.66.0.1 id 7 signal`,
    `address add ${address(lab, 0).replace(/\d+$/, '77')}/24 dev wlan0`,
  ]);
  const third = address(lab, 0).replace(/\d+$/, '77');
  const first = await start();
  await addressesAre(lab, ['10.66.0.1', address(lab, 0), address(lab, 1), third]);
  const before = await endpoints(lab);
  first.program.kill();
  await first.program.exited;
  const second = await start();
  t.same(await endpoints(lab), before, 'a restart changes nothing');
  second.program.kill();
  await second.program.exited;
  await lab.client.ip([`address delete ${third}/24 dev wlan0`]);
  const last = await start();
  await addressesAre(lab, ['10.66.0.1', address(lab, 0), address(lab, 1)]);
  t.pass('what was removed while the daemon was down is gone');
  t.equal(await last.stop(), 0);
  await addressesAre(lab, ['10.66.0.1']);
  t.match(await endpoints(lab), [/^10\.66\.0\.1 id 7 signal/]);
});

t.test('an exit leaves the endpoint of a connection that has no other subflow', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'active'));
  const daemon = await start();
  const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
  await subflowsFrom(lab, 0, 1);
  await subflowsFrom(lab, 1, 1);
  await daemon.stop();
  t.equal((await endpoints(lab)).length, 1);
  await requests.around(async () => undefined, 0);
  const again = await start();
  await addressesAre(lab, [address(lab, 0), address(lab, 1)]);
  await requests.stop();
  await until(
    'the connection is gone',
    async () => (await again.status()).connections.length,
    10_000,
    (count) => count === 0,
  );
  await again.stop();
  await addressesAre(lab, []);
});

t.test('limits: raised where they are too low, and put back; never lowered', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'backup'));
  await lab.client.ip(['mptcp limits set subflows 5 add_addr_accepted 4']);
  const daemon = await start();
  await until(
    'raised',
    () => limits(lab),
    5_000,
    (seen) => /8 subflows 8|accepted 8 subflows 8/.test(seen),
  );
  daemon.program.kill();
  await daemon.program.exited;
  const again = await start();
  await again.stop();
  t.match(await limits(lab), /add_addr_accepted 4 subflows 5/);
});

t.test('12 addresses: as many as fit, the preferred ones', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('backup', 'active'));
  const more = Array.from({ length: 10 }, (_, i) => address(lab, 0).replace(/\d+$/, `${100 + i}`));
  await lab.client.ip(more.map((one) => `address add ${one}/24 dev wlan0`));
  const daemon = await start();
  const settled = async () => (await daemon.status()).endpoints.filter(({ ours }) => ours);
  const placed = await until('a full table', settled, 10_000, (seen) => seen.length >= 8);
  t.ok(
    placed.some((one) => one.address === address(lab, 1)),
    'the active one is among them',
  );
  const said = await daemon.ctl('status');
  t.match(said, /no room for 10\.0\.1\.\d+, .*: this kernel takes \d+ endpoints/);
  const refused = daemon.program.errors.filter((line) => line.includes(' refused: '));
  t.ok(refused.length <= 1, `said at most once: ${refused}`);
  await lab.client.ip([`address delete ${more[0]}/24 dev wlan0`]);
  t.ok(daemon.program.running);
});

const LOSSES: Record<string, (lab: Lab) => Promise<unknown>> = {
  'the carrier is lost and the address removed': async (lab) => {
    await lab.paths[0]?.unplug();
    await lab.client.ip([`address delete ${address(lab, 0)}/24 dev wlan0`]);
  },
  'the link goes down and up and the address is removed': async (lab) => {
    await lab.client.ip(['link set wlan0 down', 'link set wlan0 up']);
    await lab.client.ip([`address delete ${address(lab, 0)}/24 dev wlan0`]);
  },
  'the address is removed while the link is down': async (lab) => {
    await lab.client.ip(['link set wlan0 down', `address delete ${address(lab, 0)}/24 dev wlan0`]);
  },
};

for (const [what, lose] of Object.entries(LOSSES)) {
  t.test(`no stale endpoint: ${what}`, async (t) => {
    const { lab, start } = await makeScene(t, twoPaths('active', 'backup'));
    await start();
    await addressesAre(lab, [address(lab, 0), address(lab, 1)]);
    await lose(lab);
    await addressesAre(lab, [address(lab, 1)]);
    t.pass();
  });
}

t.test('a default route that comes later than the address', async (t) => {
  const policy = 'interface: { name: "w*" }\nrole: active\nready: { route: default, settle: 0s }\n';
  const { lab, start } = await makeScene(t, policy);
  await start();
  const both = [address(lab, 0), address(lab, 1)];
  await addressesAre(lab, both);
  const words = 'ip -4 route show table all default dev wwan0'.split(' ');
  const routes = (await lab.client.exec(words))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${line} dev wwan0`);
  for (const round of [1, 2, 3]) {
    await lab.client.ip(routes.map((line) => `route delete ${line}`));
    await addressesAre(lab, [address(lab, 0)]);
    await lab.client.ip(routes.map((line) => `route add ${line}`));
    await addressesAre(lab, both);
    t.pass(`round ${round}`);
  }
});

t.test('killed, and started again for the other path manager: nothing is left', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'backup'));
  await lab.client.ip(['mptcp endpoint add 10.66.0.1 id 7 signal']);
  const before = await limits(lab);
  const first = await start();
  await addressesAre(lab, ['10.66.0.1', address(lab, 0), address(lab, 1)]);
  first.program.kill();
  await first.program.exited;
  const second = await start(undefined, ['--manager', 'userspace']);
  await addressesAre(lab, ['10.66.0.1']);
  t.equal(await limits(lab), before);
  await second.stop();
  t.equal(await lab.client.pathManager(), 'kernel');
});

t.test(
  'a policy that changed while the daemon was down: flags are put right in place',
  async (t) => {
    const { lab, start } = await makeScene(t, twoPaths('active', 'backup'));
    const first = await start();
    await addressesAre(lab, [address(lab, 0), address(lab, 1)]);
    first.program.kill();
    await first.program.exited;
    await start(twoPaths('active', 'active'));
    const isPlain = (lines: readonly string[]) =>
      lines.length === 2 && lines.every((line) => !line.includes('backup'));
    await until('no backup is left', () => endpoints(lab), 5_000, isPlain);
    t.pass();
  },
);

t.test('a point-to-point address: the own one, not the peer’s', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'backup'));
  await lab.client.ip(['address add 10.9.0.1 peer 10.9.0.2/32 dev wlan0']);
  await start();
  await addressesAre(lab, [address(lab, 0), address(lab, 1), '10.9.0.1']);
  t.pass();
});

t.test('an id that somebody has taken is left to them', async (t) => {
  const { lab, start } = await makeScene(t, twoPaths('active', 'off'));
  const daemon = await start();
  await addressesAre(lab, [address(lab, 0)]);
  await lab.client.ip(['mptcp endpoint flush', 'mptcp endpoint add 10.66.0.1 id 32 signal']);
  await lab.client.ip([`address add ${address(lab, 0).replace(/\d+$/, '77')}/24 dev wlan0`]);
  const added = address(lab, 0).replace(/\d+$/, '77');
  await addressesAre(lab, ['10.66.0.1', added]);
  // Of what others do to the table no event tells: the next resync does.
  process.kill(daemon.program.pid ?? 0, 'SIGHUP');
  await addressesAre(lab, ['10.66.0.1', added, address(lab, 0)]);
  await daemon.stop();
  await addressesAre(lab, ['10.66.0.1']);
  t.pass();
});
