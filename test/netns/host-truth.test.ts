// What the host is like while it changes: addresses, routes, names and carriers, as `ip` makes and shows them.

import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import type { AddressStatus } from '../../src/control/protocol.ts';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, type LabOptions, tool, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { Script } from '../lab/script.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, makeScene, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(540_000 * PATIENCE);

const IPV4 = { families: ['ipv4'] } as const;
const IPV6 = { families: ['ipv6'] } as const;
const BOTH_ACTIVE = twoPaths('active', 'active');

const ask = (lab: Lab, family: 'ipv4' | 'ipv6' = 'ipv4'): Promise<Requests> =>
  Requests.start(lab.client, { to: lab.address(family), port: PORT });

/** The name of an interface, and what holds for its addresses. */
const addressOf = async (
  daemon: Daemon,
  address: string,
): Promise<(AddressStatus & { readonly interface: string }) | undefined> => {
  for (const { name, addresses } of (await daemon.status()).interfaces) {
    const found = addresses.find((one) => one.address === address);
    if (found !== undefined) return { ...found, interface: name };
  }
  return undefined;
};

const becomes = (daemon: Daemon, address: string, state: string): Promise<unknown> =>
  until(
    `${address} is ${state}`,
    async () => (await addressOf(daemon, address))?.state,
    15_000,
    (seen) => seen === state,
  );

/** How many subflows leave from an address, as `ss` sees it. */
const countFrom = async ({ client }: Lab, address: string): Promise<number> =>
  (await client.sockets('subflows')).filter(
    ({ state, local }) =>
      state === 'ESTAB' && local.replace(/(%\w+)?:\d+$/, '').replace(/[[\]]/g, '') === address,
  ).length;

const fromIs = (lab: Lab, address: string, count: number): Promise<unknown> =>
  until(
    `${count} subflows from ${address}`,
    () => countFrom(lab, address),
    15_000,
    (seen) => seen === count,
  );

/** What `ip` lists of the second interface: `tentative`, `temporary`, `deprecated`, `dadfailed`. */
const listed = async ({ client }: Lab, which: string): Promise<string> =>
  client.exec(['ip', '-o', 'address', 'show', 'dev', 'wwan0', which]);

const refused = async (daemon: Daemon): Promise<number> =>
  (await daemon.status()).counters['refused'] ?? Number.NaN;

/** Packets from a further address of the second interface leave there. */
const addRule = ({ client }: Lab, address: string): Promise<void> =>
  client.run(new Script().ip([`rule add pref 90 from ${address} table 102`], '-6'));

t.test('on a point-to-point link the local address is used', async (t) => {
  const lab = await makeLab(t, IPV4);
  const policies = [policyFile(t, BOTH_ACTIVE)];
  const lines = [
    'address delete 10.0.2.1/24 dev wwan0',
    'address add 10.0.2.1 peer 10.0.2.254/32 dev wwan0',
    'route replace default via 10.0.2.254 dev wwan0 table 102',
    'route replace default via 10.0.2.254 dev wwan0 metric 101',
  ];
  const first = await Daemon.start(lab.client, { policies });
  await lab.client.ip(lines);
  t.match(await listed(lab, 'up'), /inet 10\.0\.2\.1 peer 10\.0\.2\.254\/32/);
  for (const from of ['told by an event', 'read at the start']) {
    const daemon =
      from === 'told by an event' ? first : await Daemon.start(lab.client, { policies });
    await becomes(daemon, '10.0.2.1', 'usable');
    t.equal(await addressOf(daemon, '10.0.2.254'), undefined, 'the other one is not ours');
    const requests = await ask(lab);
    await fromIs(lab, '10.0.2.1', 1);
    await requests.stop();
    await fromIs(lab, '10.0.2.1', 0);
    t.equal(await refused(daemon), 0, from);
    await daemon.stop();
  }
});

t.test('a tentative address is joined from once it is none, a duplicate never', async (t) => {
  const { lab, daemon } = await makeScene(t, BOTH_ACTIVE, { ...IPV6, dad: true });
  for (const address of ['fd00:1::1', 'fd00:2::1']) await becomes(daemon, address, 'usable');
  await ask(lab, 'ipv6');
  await fromIs(lab, 'fd00:2::1', 1);
  await lab.client.sysctl('net.ipv6.conf.wwan0.dad_transmits', 3);
  for (const address of ['fd00:2::5', 'fd00:2::fe']) await addRule(lab, address);
  const joins = async () => (await lab.server.mib())['MPJoinAckRx'];
  const before = await joins();
  // The middle has fd00:2::fe.
  await lab.client.ip(
    ['fd00:2::5', 'fd00:2::fe'].map((address) => `address add ${address}/64 dev wwan0`),
  );
  await becomes(daemon, 'fd00:2::5', 'lost');
  const seen: string[] = [];
  await until(
    'its subflow is there',
    async () => {
      const [tentative, joined] = [await listed(lab, 'tentative'), await joins()];
      if (tentative.includes('fd00:2::5/') && joined === before) seen.push(tentative);
      return joined !== before;
    },
    15_000,
  );
  t.ok(seen.length > 0, `seen tentative and not joined from ${seen.length} times`);
  await fromIs(lab, 'fd00:2::5', 1);
  await until('the other one is a duplicate', async () => listed(lab, 'dadfailed'), 10_000);
  t.match(await listed(lab, 'dadfailed'), /fd00:2::fe\//);
  t.match(await addressOf(daemon, 'fd00:2::fe'), { state: 'lost', why: /duplicate address/ });
  t.equal(await joins(), (before ?? 0) + 1);
  t.equal(await refused(daemon), 0, 'nothing was tried too early');
});

for (const [family, options, address, length] of [
  ['ipv4', IPV4, '10.0.2.1', 24],
  ['ipv6', IPV6, 'fd00:2::1', 64],
] as const) {
  t.test(`a deprecated address keeps its subflows and gets no new ones, ${family}`, async (t) => {
    const { lab, daemon } = await makeScene(t, BOTH_ACTIVE, options);
    await ask(lab, family);
    await fromIs(lab, address, 1);
    const change = `address change ${address}/${length} dev wwan0 valid_lft 3000 preferred_lft`;
    await lab.client.ip([`${change} 0`]);
    t.match(await listed(lab, 'deprecated'), address);
    await becomes(daemon, address, 'unwanted');
    const before = (await daemon.status()).counters['commands'];
    const other = await ask(lab, family);
    const established = async () =>
      (await daemon.status()).connections.filter(({ note }) => note === undefined).length;
    await until(
      'the other connection is established',
      async () => (await established()) === 2,
      5_000,
    );
    t.equal(await countFrom(lab, address), 1);
    t.equal((await daemon.status()).counters['commands'], before, 'nothing was sent');
    await lab.client.ip([`${change} 2000`]);
    await becomes(daemon, address, 'usable');
    await fromIs(lab, address, 2);
    await other.stop();
  });
}

t.test('a temporary address is left out', async (t) => {
  const { lab, daemon } = await makeScene(t, BOTH_ACTIVE, IPV6);
  await lab.client.sysctl('net.ipv6.conf.wwan0.use_tempaddr', 2);
  await addRule(lab, 'fd00:2::/64');
  await lab.client.ip(['address add fd00:2::7/64 dev wwan0 mngtmpaddr nodad']);
  const [, temporary = ''] =
    (await until(
      'the kernel has made a temporary address',
      async () => /inet6 (\S+)\/64/.exec(await listed(lab, 'temporary')),
      5_000,
    )) ?? [];
  await becomes(daemon, temporary, 'unwanted');
  await ask(lab, 'ipv6');
  await fromIs(lab, 'fd00:2::7', 1);
  await fromIs(lab, 'fd00:2::1', 1);
  t.equal(await countFrom(lab, temporary), 0);
  t.match((await daemon.status()).connections, [{ pending: [] }], 'nor is it going to be');
});

for (const [family, options, from, gateway, ip, error] of [
  // Bound to an interface, IPv4 takes everybody for a neighbour there, and asks for the link-layer address in vain.
  ['ipv4', IPV4, '10.0.2.1', '10.0.2.254', 'ip -4', /EHOSTUNREACH/],
  ['ipv6', IPV6, 'fd00:2::1', 'fd00:2::fe', 'ip -6', /ENETUNREACH/],
] as const) {
  t.test(
    `an address before its route: joined from at once when that comes, ${family}`,
    async (t) => {
      const lab = await makeLab(t, options);
      await lab.client.exec(`${ip} route flush table 102`.split(' '));
      await lab.client.exec(`${ip} route del default dev wwan0`.split(' '));
      const daemon = await Daemon.start(lab.client, { policies: [policyFile(t, BOTH_ACTIVE)] });
      await ask(lab, family);
      const [waiting] = await until(
        'three joins have failed',
        async () => (await daemon.status()).connections[0]?.pending ?? [],
        40_000,
        ([first]) => (first?.failures ?? 0) >= 3 && first?.retryInMs !== null,
      );
      t.match(waiting, { error });
      const wait = waiting?.retryInMs ?? 0;
      const began = performance.now();
      const route = `${ip} route add default via ${gateway} dev wwan0 table 102`;
      await lab.client.exec(route.split(' '));
      await fromIs(lab, from, 1);
      const took = performance.now() - began;
      t.ok(took < wait, `after ${took.toFixed(0)} ms: the next try was ${wait} ms away`);
    },
  );
}

interface RouteScene {
  readonly lab: Lab;
  readonly start: () => Promise<Daemon>;
}

const makeRouteScene = async (
  t: Test,
  policy: string | undefined,
  options: LabOptions = IPV4,
): Promise<RouteScene> => {
  const runtime = Daemon.runtime();
  // Before the lab's: teardowns run backwards, and a daemon that still lives writes here.
  t.teardown(() => rmSync(runtime, { recursive: true, force: true }));
  const lab = await makeLab(t, options);
  const policies = policy === undefined ? [] : [policyFile(t, policy)];
  return { lab, start: () => Daemon.start(lab.client, { policies, runtime }) };
};

/** The default routes of an interface, in all tables. */
const dropRoutes = ({ client }: Lab, index: number): Promise<void> => {
  const { name, table, metric } = client.interfaces[index] ?? {};
  return client.ip([
    `route delete default dev ${name} metric ${metric}`,
    `route delete default dev ${name} table ${table}`,
  ]);
};

const ROUTED = twoPaths('active', 'active').replaceAll('settle:', 'route: default, settle:');

for (const [title, policy] of [
  ['the built-in default', undefined],
  ['ready: { route: default }', ROUTED],
] as const) {
  t.test(`a route is lost while the link stays up: ${title}`, async (t) => {
    const { lab, start } = await makeRouteScene(t, policy);
    let daemon = await start();
    const requests = await ask(lab);
    await subflowsFrom(lab, 1, 1);
    for (const round of [1, 2]) {
      await requests.around(() => dropRoutes(lab, 0));
      await subflowsFrom(lab, 0, 0);
      t.match(await addressOf(daemon, '10.0.1.1'), { state: 'lost', why: /no IPv4 default route/ });
      t.match(await listed(lab, 'up'), /inet/, `round ${round}: the link is up`);
      await lab.client.restore(0);
      await subflowsFrom(lab, 0, 1);
    }
    await dropRoutes(lab, 0);
    await subflowsFrom(lab, 0, 0);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await daemon.program.stop(signal, 10_000);
      daemon = await start();
      t.match(await addressOf(daemon, '10.0.1.1'), { state: 'lost' }, `after ${signal}, too`);
      // It begins there all the same, since its network is there, and moves.
      const another = await ask(lab);
      await subflowsFrom(lab, 1, 2);
      await subflowsFrom(lab, 0, 0);
      await another.stop();
      await subflowsFrom(lab, 1, 1);
    }
    await lab.client.restore(0);
    await subflowsFrom(lab, 0, 1);
    await requests.around(async () => undefined, 0);
  });
}

t.test('a route that is lost and found while no daemon runs is no loss', async (t) => {
  const { lab, start } = await makeRouteScene(t, undefined);
  const first = await start();
  await ask(lab);
  await subflowsFrom(lab, 1, 1);
  await first.stop();
  await dropRoutes(lab, 0);
  await lab.client.restore(0);
  const second = await start();
  t.match(await addressOf(second, '10.0.1.1'), { state: 'usable' });
  t.equal((await second.status()).counters['commands'], 0);
  await second.stop();
  await dropRoutes(lab, 0);
  const third = await start();
  t.match(await addressOf(third, '10.0.1.1'), { state: 'lost' }, 'but one that is still lost is');
  await subflowsFrom(lab, 0, 0);
});

t.test('a private network, which never had a default route, is left alone', async (t) => {
  const { lab, start } = await makeRouteScene(t, undefined, { ...IPV4, paths: 3 });
  await dropRoutes(lab, 2);
  const from = lab.client.interfaces[2]?.ipv4 ?? '';
  await lab.client.ip([`route add ${lab.address()} via 10.0.3.254 dev eth0 table 103`]);
  const to = ['--to', lab.address(), '--port', String(PORT), '--every', '5'];
  const first = await start();
  lab.client.spawn([tool('client'), 'request', '--from', from, ...to]);
  for (const path of [0, 1, 2]) await subflowsFrom(lab, path, 1);
  let daemon = first;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    t.match(await addressOf(daemon, from), { state: 'unwanted', why: /no IPv4 default route/ });
    await dropRoutes(lab, 1);
    await subflowsFrom(lab, 1, 0);
    t.equal(await countFrom(lab, from), 1, 'stays');
    await daemon.program.stop(signal, 10_000);
    daemon = await start();
    await lab.client.restore(1);
    await subflowsFrom(lab, 1, 1);
    t.equal(await countFrom(lab, from), 1, `and after ${signal}`);
  }
});

const INTERFACES_BY_NAME = `
interface: { name: "wlan*" }
role: active
ready: { settle: 0s }
---
interface: { name: "up*" }
role: active
ready: { settle: 0s }
`;

t.test('a renamed interface has the policy of its new name', async (t) => {
  const { lab, daemon } = await makeScene(t, INTERFACES_BY_NAME, IPV4);
  const rename = async (from: string, to: string) => {
    // Kernels before 6.2 rename only what is down.
    await lab.client.ip([`link set ${from} name ${to}`]).catch(async () => {
      await lab.client.ip([`link set ${from} down`, `link set ${from} name ${to}`]);
      await lab.client.ip([`link set ${to} up`, 'route replace default via 10.0.2.254 table 102']);
    });
  };
  t.match(await addressOf(daemon, '10.0.2.1'), { interface: 'wwan0', state: 'foreign' });
  for (const round of [1, 2]) {
    const requests = await ask(lab);
    await rename('wwan0', 'up0');
    await becomes(daemon, '10.0.2.1', 'usable');
    t.match(await addressOf(daemon, '10.0.2.1'), { interface: 'up0' });
    await fromIs(lab, '10.0.2.1', 1);
    await rename('up0', 'wwan0');
    await becomes(daemon, '10.0.2.1', 'foreign');
    t.equal(await countFrom(lab, '10.0.2.1'), 1, `round ${round}: not ours to touch any more`);
    await requests.around(async () => undefined, 0);
    await requests.stop();
    await fromIs(lab, '10.0.2.1', 0);
  }
  t.equal((await daemon.status()).counters['lost'], 0);
});

t.test(
  'an interface that moves to another namespace is lost, and used at its return',
  async (t) => {
    const { lab, daemon } = await makeScene(t, BOTH_ACTIVE, IPV4);
    const requests = await ask(lab);
    const wwan = lab.client.interfaces[1];
    for (const round of [1, 2]) {
      await subflowsFrom(lab, 1, 1);
      await requests.around(() => lab.client.ip([`link set wwan0 netns ${lab.middle.namespace}`]));
      await subflowsFrom(lab, 1, 0);
      t.equal(await addressOf(daemon, '10.0.2.1'), undefined, `round ${round}: it is gone`);
      await lab.middle.ip([`link set wwan0 netns ${lab.client.namespace}`]);
      await lab.client.ip((wwan?.linesToAdd() ?? []).filter((line) => !line.startsWith('rule')));
      await subflowsFrom(lab, 1, 1);
      t.match(await addressOf(daemon, '10.0.2.1'), { interface: 'wwan0', state: 'usable' });
    }
  },
);

t.test('the carrier is lost though the link is set up', async (t) => {
  const { lab, daemon } = await makeScene(t, BOTH_ACTIVE, { families: ['ipv4', 'ipv6'] });
  const requests = await ask(lab);
  await subflowsFrom(lab, 1, 1);
  for (const round of [1, 2]) {
    await requests.around(async () => lab.paths[1]?.unplug());
    t.match(await lab.client.exec(['ip', 'link', 'show', 'dev', 'wwan0']), /NO-CARRIER,.*\bUP\b/);
    await subflowsFrom(lab, 1, 0);
    t.match(await addressOf(daemon, '10.0.2.1'), { state: 'lost', why: 'wwan0 has no carrier' });
    await lab.paths[1]?.plug();
    await subflowsFrom(lab, 1, 1);
    t.pass(`round ${round}`);
  }
});
