// The main job on real connections: every connection gets the subflows that the policy asks for, keeps them through
// losses and restarts, and nobody else's are touched.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ConnectionStatus, Status } from '../../src/control/protocol.ts';
import { sequence } from '../bench/join-latency.ts';
import { storm } from '../bench/storm.ts';
import { cut } from '../lab/cut.ts';
import { Daemon } from '../lab/daemon.ts';
import { type Family, type Lab, tool, until } from '../lab/index.ts';
import { type RequestOptions, Requests } from '../lab/requests.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, makeScene, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(300_000);

const IPV4 = { families: ['ipv4'] } as const;

const ask = (lab: Lab, options: Partial<RequestOptions> = {}): Promise<Requests> =>
  Requests.start(lab.client, { to: lab.address(), port: PORT, ...options });

/** Three requests are answered that were sent from now on. */
const isAnswered = (requests: Requests): Promise<unknown> =>
  requests.around(async () => undefined, 0);

/** The only connection, once the peer has acknowledged data: from then on the daemon may act. */
const onlyConnection = async (daemon: Daemon): Promise<ConnectionStatus> => {
  const seen = await until(
    'one connection is established',
    async () => (await daemon.status()).connections,
    10_000,
    ([first, ...others]) => first !== undefined && !first.note && others.length === 0,
  );
  return seen[0] as ConnectionStatus;
};

const interfaceOf = ({ interfaces }: Status, name: string) =>
  interfaces.find((one) => one.name === name);

/** `10.0.1.1:40000 → 10.0.1.2:7000`, as `ss` sees them. */
const pairs = async (lab: Lab): Promise<string[]> =>
  (await lab.client.sockets('subflows'))
    .filter(({ state }) => state === 'ESTAB')
    .map(({ local, remote }) => `${local.replace(/%\w+/, '')} → ${remote}`)
    .sort();

/** Lines of the log that tell of a decision. */
const decisions = ({ program }: Daemon): string[] =>
  program.errors.filter((line) => / info {2}(subflow-|announce|remove|set-flags)/.test(line));

t.test('1,000 connections one after another get 1,000 second subflows', async (t) => {
  const { lab } = await makeScene(t, twoPaths('active', 'active'), IPV4);
  t.equal(await sequence(lab, 1_000, 10_000), 1_000, 'as the client sees them');
  t.equal((await lab.server.mib())['MPJoinAckRx'], 1_000, 'as the server sees them');
});

/** In a user namespace nobody may have a larger receive buffer than the host allows. */
const isRoot = readFileSync('/proc/self/uid_map', 'utf8').includes('4294967295');
const STORM = isRoot ? 10_000 : 1_000;

/** One round on a machine that is busy with something else says little. */
const ROUNDS = 3;

t.test(`all of a storm of ${STORM} get their second subflow, and all later ones`, async (t) => {
  const ratios: number[] = [];
  do {
    const kernel = await storm('kernel', STORM);
    const { joined, later, seconds } = await storm('subflowd', STORM);
    t.equal(joined, STORM);
    t.equal(later, 20, 'of 20 later ones');
    t.comment(`${seconds.toFixed(2)} s, in-kernel ${kernel.seconds.toFixed(2)} s`);
    ratios.push(seconds / kernel.seconds);
  } while (isRoot && Math.min(...ratios) > 3 && ratios.length < ROUNDS);
  if (isRoot) t.ok(Math.min(...ratios) <= 3, `times the in-kernel one's: ${ratios}`);
});

const WAYS = [
  { family: '4', of: 'ipv4' },
  { family: '6', of: 'ipv6' },
  { family: 'mapped', of: 'ipv4' },
] as const;

for (const { family, of } of WAYS) {
  t.test(`a second path is joined, family ${family}`, async (t) => {
    const families: readonly Family[] = [of];
    const { lab, daemon } = await makeScene(t, twoPaths('active', 'active'), { families });
    const requests = await ask(lab, { to: lab.address(of), family });
    await subflowsFrom(lab, 1, 1);
    await subflowsFrom(lab, 0, 1);
    const { subflows } = await until(
      'the daemon knows of both',
      () => onlyConnection(daemon),
      5_000,
      (seen) => seen.subflows.length === 2,
    );
    t.same(subflows.map((one) => one.interface).sort(), ['wlan0', 'wwan0']);
    await isAnswered(requests);
  });
}

t.test('without a policy file the second interface with a default route is joined', async (t) => {
  const { lab, daemon } = await makeScene(t, undefined, IPV4);
  await ask(lab);
  await subflowsFrom(lab, 1, 1);
  const { policy } = await daemon.status();
  t.match(policy.rules, [{ source: 'built-in default', interfaces: ['wlan0', 'wwan0'] }]);
});

t.test(
  'a standby path is joined once the active one is lost, and left at its return',
  async (t) => {
    const { lab, daemon } = await makeScene(t, twoPaths('active', 'standby'), IPV4);
    const requests = await ask(lab);
    const { subflows, pending } = await onlyConnection(daemon);
    t.same(
      subflows.map((one) => one.interface),
      ['wlan0'],
    );
    t.same(pending, []);
    t.same(decisions(daemon), [], 'nothing was done');
    for (const round of [1, 2, 3]) {
      await requests.around(() => cut(lab.client, 0));
      await subflowsFrom(lab, 1, 1);
      await subflowsFrom(lab, 0, 0);
      await lab.client.restore(0);
      await subflowsFrom(lab, 0, 1);
      await subflowsFrom(lab, 1, 0);
      await isAnswered(requests);
      t.pass(`round ${round}`);
    }
  },
);

const LOSSES = {
  'the carrier is lost': {
    lose: (lab: Lab) => lab.paths[0]?.unplug(),
    regain: (lab: Lab) => lab.paths[0]?.plug(),
  },
  'the address is deleted': {
    lose: (lab: Lab) =>
      lab.client.ip([`address delete ${lab.client.interfaces[0]?.ipv4}/24 dev wlan0`]),
    regain: async (lab: Lab) => {
      await lab.client.ip([`address add ${lab.client.interfaces[0]?.ipv4}/24 dev wlan0`]);
      await lab.client.restore(0);
    },
  },
} as const;

for (const [what, { lose, regain }] of Object.entries(LOSSES)) {
  t.test(`a connection moves when ${what}, and back at its return`, async (t) => {
    const { lab } = await makeScene(t, twoPaths('active', 'backup'), IPV4);
    const requests = await ask(lab);
    for (const round of [1, 2, 3]) {
      await subflowsFrom(lab, 0, 1);
      await subflowsFrom(lab, 1, 1);
      const waits = await requests.around(async () => lose(lab));
      await subflowsFrom(lab, 0, 0);
      await regain(lab);
      await subflowsFrom(lab, 0, 1);
      const before = (await lab.client.packets(0)).sent;
      const isBack = async () => (await lab.client.packets(0)).sent > before + 10;
      await until('data is back', isBack, 10_000);
      t.comment(`round ${round}: ${waits[0].toFixed(1)} ms`);
    }
  });
}

t.test('an interface that no policy names is not touched', async (t) => {
  const { lab, daemon } = await makeScene(t, twoPaths('active', 'backup'), { ...IPV4, paths: 3 });
  const from = lab.client.interfaces[2]?.ipv4 ?? '';
  const to = ['--to', lab.address(), '--port', String(PORT), '--every', '5'];
  lab.client.spawn([tool('client'), 'request', '--from', from, ...to]);
  await subflowsFrom(lab, 0, 1);
  await subflowsFrom(lab, 1, 1);
  await subflowsFrom(lab, 2, 1);
  const joined = async () => (await daemon.status()).counters['joined'];
  await until('nothing is under way', joined, 10_000, (count) => count === 2);
  const before = (await daemon.status()).counters['commands'];
  await lab.client.cut(2);
  const isDown = () => daemon.program.errors.some((line) => line.endsWith('eth0 is down'));
  await until('the daemon knows', isDown, 5_000);
  const status = await daemon.status();
  t.equal(status.counters['commands'], before, 'its loss is nothing to the daemon');
  t.match(interfaceOf(status, 'eth0'), { addresses: [{ address: from, state: 'foreign' }] });
  t.same(
    decisions(daemon).filter((line) => line.includes(from)),
    [],
  );
});

t.test('a connection of the in-kernel path manager is listed and left alone', async (t) => {
  const lab = await makeLab(t, IPV4);
  await ask(lab);
  const policies = [policyFile(t, twoPaths('active', 'active'))];
  const daemon = await Daemon.start(lab.client, { policies });
  const [older] = (await daemon.status()).connections;
  t.match(older, { owner: 'kernel', note: /in-kernel path manager/, subflows: [{}], pending: [] });
  await ask(lab);
  await subflowsFrom(lab, 1, 1);
  await cut(lab.client, 0);
  const isMoved = () => decisions(daemon).some((line) => line.includes('wlan0 is down'));
  await until('the younger one has moved', isMoved, 5_000);
  const told = daemon.program.errors.filter((line) => line.includes(older?.token ?? '?'));
  t.same(told, [], 'no decision for the older one');
});

const runtimeDirectory = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'subflowd-restart-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

t.test('connections keep their subflows through a restart, and move afterwards', async (t) => {
  const lab = await makeLab(t, IPV4);
  const runtime = runtimeDirectory(t);
  const options = {
    policies: [policyFile(t, twoPaths('active', 'backup'))],
    words: ['--runtime', runtime],
  };
  const first = await Daemon.start(lab.client, options);
  const requests = await ask(lab);
  await subflowsFrom(lab, 1, 1);
  const before = await pairs(lab);
  t.equal(await first.stop(), 0);
  t.same(await pairs(lab), before, 'without a daemon');
  t.ok(existsSync(join(runtime, 'journal')), 'it left what the kernel cannot tell');
  const second = await Daemon.start(lab.client, options);
  t.same(await pairs(lab), before, 'with the next one');
  t.same(decisions(second), [], 'that has nothing to do');
  const waits = await requests.around(() => cut(lab.client, 0));
  await subflowsFrom(lab, 0, 0);
  await lab.client.restore(0);
  await subflowsFrom(lab, 0, 1);
  t.comment(`the slowest request: ${waits[0].toFixed(1)} ms`);
});

t.test('a peer at its limit is tried less and less often', async (t) => {
  const { lab, daemon } = await makeScene(t, twoPaths('active', 'active'), IPV4);
  await lab.server.exec(['ip', 'mptcp', 'limits', 'set', 'subflows', '0']);
  const began = performance.now();
  const requests = await ask(lab);
  const [pending] = await until(
    'three tries have failed',
    async () => (await onlyConnection(daemon)).pending,
    20_000,
    ([first]) => (first?.failures ?? 0) >= 3,
  );
  const took = performance.now() - began;
  const tries = (await lab.server.mib())['MPJoinSynRx'] ?? 0;
  t.match(pending?.goal, /^join 10\.0\.2\.1 → 0$/);
  t.ok((pending?.retryInMs ?? 0) > 0, `again in ${pending?.retryInMs} ms`);
  t.ok(took >= 2_900, `three tries took ${took.toFixed(0)} ms: waits of 1 and 2 s`);
  t.ok(tries >= 3 && tries <= 4, `the server saw ${tries} joins`);
  await isAnswered(requests);
});

const ANNOUNCE =
  'interface: { name: "eth*" }\nrole: active\nready: { settle: 0s }\nannounce: true\n';

/** Waits until so many of the client's subflows go to the server's address `index`. */
const subflowsTo = (lab: Lab, index: number, count: number): Promise<unknown> => {
  const address = lab.server.interfaces[index]?.ipv4;
  return until(
    `${count} subflows to ${address}`,
    async () => (await pairs(lab)).filter((pair) => pair.endsWith(`→ ${address}:${PORT}`)).length,
    15_000,
    (seen) => seen === count,
  );
};

t.test(
  'the second address of a server is announced, joined, and withdrawn with its link',
  async (t) => {
    const { lab } = await makeScene(t, twoPaths('active', 'active'), {
      ...IPV4,
      serverInterfaces: 2,
    });
    const server = await Daemon.start(lab.server, { policies: [policyFile(t, ANNOUNCE)] });
    const requests = await ask(lab);
    for (const round of [1, 2, 3]) {
      await subflowsTo(lab, 1, 2);
      await subflowsTo(lab, 0, 2);
      await requests.around(() => lab.server.cut(1));
      await subflowsTo(lab, 1, 0);
      await lab.server.restore(1);
      t.pass(`round ${round}`);
    }
    await subflowsTo(lab, 1, 2);
    await isAnswered(requests);
    t.same(
      decisions(server).filter((line) => line.includes('subflow-create')),
      [],
      'the server does not join',
    );
  },
);
