// The daemon ends, cleanly or by kill -9, the host goes on without it, and the next one has the same runtime directory:
// what happened meanwhile is put right at once, and what the first one took over is given back by the last.

import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, tool, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(540_000 * PATIENCE);

const IPV4 = { families: ['ipv4'] } as const;
const SIGNALS = ['SIGTERM', 'SIGKILL'] as const;

interface Scene {
  readonly lab: Lab;
  /** Always with the same runtime directory. */
  readonly start: (...words: readonly string[]) => Promise<Daemon>;
}

const makeScene = async (t: Test, policy = twoPaths('active', 'active')): Promise<Scene> => {
  const runtime = Daemon.runtime();
  // Before the lab's: teardowns run backwards, and a daemon that still lives writes here.
  t.teardown(() => rmSync(runtime, { recursive: true, force: true }));
  const lab = await makeLab(t, IPV4);
  const policies = [policyFile(t, policy)];
  return { lab, start: (...words) => Daemon.start(lab.client, { policies, runtime, words }) };
};

const ask = (lab: Lab, port = PORT): Promise<Requests> =>
  Requests.start(lab.client, { to: lab.address(), port });

const connectionsAre = (daemon: Daemon, count: number): Promise<unknown> =>
  until(
    `${count} connections are known`,
    async () => (await daemon.status()).connections.length,
    10_000,
    (seen) => seen === count,
  );

/** When a line was written, in ms of its day. */
const stamp = (line: string): number => Date.parse(`1970-01-01T${line.slice(0, 12)}Z`);

/** From the line `ready`, or the first one, to the last subflow that was closed or joined, by the daemon's own clock. */
const tookOf = async ({ program: { errors } }: Daemon): Promise<Took> => {
  const changed = await until(
    'the log tells what was done',
    () => errors.filter((line) => / info +(joined|closed) /.test(line)).map(stamp),
    10_000,
    (seen) => seen.length > 0,
  );
  const [first = ''] = errors;
  const ready = stamp(errors.find((line) => line.endsWith(' ready')) ?? '');
  const last = Math.max(ready, ...changed);
  return { sinceReady: last - ready, sinceStart: last - stamp(first) };
};

interface Took {
  readonly sinceReady: number;
  readonly sinceStart: number;
}

const BAR = 1_000;
/** The first that keeps the bar counts: whatever else the machine does is no news of ours. */
const ROUNDS = 3;

interface Meanwhile {
  /** What happens while no daemon runs. */
  readonly change: (lab: Lab) => Promise<unknown>;
  /** What the next one makes of it, as `ss` and its status show. */
  readonly isRight: (lab: Lab, daemon: Daemon) => Promise<unknown>;
  /** To begin anew. */
  readonly undo: (lab: Lab) => Promise<unknown>;
}

const opened: Requests[] = [];

const MEANWHILE: Readonly<Record<string, Meanwhile>> = {
  'an address is removed': {
    change: ({ client }) => client.ip(['address delete 10.0.2.1/24 dev wwan0']),
    isRight: async (lab) => {
      await subflowsFrom(lab, 1, 0);
      await subflowsFrom(lab, 0, 1);
    },
    undo: async ({ client }) => {
      await client.ip(['address add 10.0.2.1/24 dev wwan0']);
      await client.restore(1);
    },
  },
  'the address of the initial subflow is removed': {
    change: ({ client }) => client.ip(['address delete 10.0.1.1/24 dev wlan0']),
    isRight: async (lab) => {
      await subflowsFrom(lab, 0, 0);
      await subflowsFrom(lab, 1, 1);
    },
    undo: async ({ client }) => {
      await client.ip(['address add 10.0.1.1/24 dev wlan0']);
      await client.restore(0);
    },
  },
  'a link goes down': {
    change: ({ client }) => client.cut(0),
    isRight: async (lab) => {
      await subflowsFrom(lab, 0, 0);
      await subflowsFrom(lab, 1, 1);
    },
    undo: ({ client }) => client.restore(0),
  },
  'a link loses its carrier': {
    change: async ({ paths }) => paths[1]?.unplug(),
    isRight: async (lab) => {
      await subflowsFrom(lab, 1, 0);
      await subflowsFrom(lab, 0, 1);
    },
    undo: async ({ paths }) => paths[1]?.plug(),
  },
  'a connection is opened': {
    change: async (lab) => opened.push(await ask(lab)),
    isRight: async (lab, daemon) => {
      await subflowsFrom(lab, 1, 2);
      await connectionsAre(daemon, 2);
    },
    undo: () => Promise.all(opened.splice(0).map((requests) => requests.stop())),
  },
};

for (const [what, { change, isRight, undo }] of Object.entries(MEANWHILE)) {
  for (const signal of SIGNALS) {
    t.test(`${what} after ${signal}`, async (t) => {
      const { lab, start } = await makeScene(t);
      // So that what is opened meanwhile is not the in-kernel path manager's, however the daemon ends.
      await lab.client.pathManager('userspace');
      let daemon = await start();
      const requests = await ask(lab);
      const took: Took[] = [];
      do {
        for (const path of [0, 1]) await subflowsFrom(lab, path, 1);
        await daemon.program.stop(signal, 10_000);
        await change(lab);
        daemon = await start();
        await isRight(lab, daemon);
        await requests.around(async () => undefined, 0);
        took.push(await tookOf(daemon));
        t.equal((await daemon.status()).counters['refused'], 0);
        await undo(lab);
      } while (took.every(({ sinceReady }) => sinceReady > BAR) && took.length < ROUNDS);
      const told = took.map((one) => `${one.sinceReady} ms (${one.sinceStart} of its life)`);
      t.ok(
        took.some(({ sinceReady }) => sinceReady <= BAR),
        `from its "ready" on: ${told.join(', ')}`,
      );
    });
  }
}

for (const signal of SIGNALS) {
  t.test(`connections end after ${signal}: by FIN, and by MP_FASTCLOSE`, async (t) => {
    const { lab, start } = await makeScene(t);
    await lab.client.pathManager('userspace');
    const peer = lab.server.spawn([tool('peer'), 'serve', '--port', '7100']);
    await peer.line('ready');
    const first = await start();
    const [stays, ends] = [await ask(lab), await ask(lab)];
    const dies = await ask(lab, 7100);
    await subflowsFrom(lab, 1, 3);
    await first.program.stop(signal, 10_000);
    await ends.stop();
    peer.send('abort');
    await dies.program.exited;
    await subflowsFrom(lab, 1, 1);
    const second = await start();
    await connectionsAre(second, 1);
    const { connections, pending, counters } = await second.status();
    t.match(connections, [{ subflows: { length: 2 }, pending: [] }]);
    t.same(pending, []);
    t.equal(counters['commands'], 0, 'nothing is sent for what has ended');
    await stays.around(async () => undefined, 0);
  });
}

/** `10.0.1.1:40000 → 10.0.1.2:7000`, as `ss` sees them. */
const pairs = async ({ client }: Lab): Promise<string[]> =>
  (await client.sockets('subflows'))
    .filter(({ state }) => state === 'ESTAB')
    .map(({ local, remote }) => `${local} → ${remote}`)
    .sort();

t.test(
  'what the in-kernel path manager had before is listed with the reason, and left',
  async (t) => {
    const { lab, start } = await makeScene(t);
    await lab.client.ip(['mptcp endpoint add 10.0.2.1 subflow dev wwan0']);
    const requests = await ask(lab);
    await subflowsFrom(lab, 1, 1);
    const before = await pairs(lab);
    let daemon = await start();
    for (const signal of SIGNALS) {
      const [connection, ...others] = (await daemon.status()).connections;
      t.same(others, []);
      t.match(connection, {
        owner: 'kernel',
        note: 'of the in-kernel path manager: opened before subflowd took over',
        subflows: { length: 2 },
        pending: [],
      });
      t.match(await daemon.ctl('status'), /of the in-kernel path manager: opened before/);
      daemon.program.kill('SIGHUP');
      const readAgain = () => daemon.program.errors.some((line) => line.includes('(SIGHUP)'));
      await until('everything was read again', readAgain, 10_000);
      await lab.client.ip(['address add 10.0.2.7/24 dev wwan0']);
      const knows = async () =>
        (await daemon.status()).interfaces
          .flatMap(({ addresses }) => addresses)
          .some(({ address, state }) => address === '10.0.2.7' && state === 'usable');
      await until('there is another path', knows, 10_000);
      t.equal((await daemon.status()).counters['commands'], 0, 'no command');
      t.same(await pairs(lab), before, 'the same subflows');
      await lab.client.ip(['address delete 10.0.2.7/24 dev wwan0']);
      await daemon.program.stop(signal, 10_000);
      t.same(await pairs(lab), before, `after ${signal}, too`);
      daemon = await start();
    }
    await requests.around(async () => undefined, 0);
  },
);

/** What a daemon may change of the namespace, as `ip` and /proc show it. */
const settings = async ({ client }: Lab): Promise<unknown> => ({
  sysctls: await client.exec(['sh', '-c', 'grep -r . /proc/sys/net/mptcp | sort']),
  limits: await client.exec(['ip', 'mptcp', 'limits', 'show']),
  endpoints: await client.exec(['ip', 'mptcp', 'endpoint', 'show']),
});

for (const manager of ['userspace', 'kernel'] as const) {
  t.test(
    `the ${manager} path manager: a clean end gives back, also what kill -9 left`,
    async (t) => {
      const { lab, start } = await makeScene(t);
      await lab.client.pathManager(manager === 'kernel' ? 'userspace' : 'kernel');
      await lab.client.ip([
        'mptcp limits set subflows 1 add_addr_accepted 1',
        'mptcp endpoint add 10.0.2.254 id 9 signal',
      ]);
      const before = await settings(lab);
      const words = ['--manager', manager];
      for (const ends of [['SIGTERM'], ['SIGKILL', 'SIGTERM'], ['SIGKILL', 'SIGKILL', 'SIGTERM']]) {
        for (const end of ends as NodeJS.Signals[]) {
          const daemon = await start(...words);
          const requests = await ask(lab);
          await subflowsFrom(lab, 1, 1);
          t.equal(await lab.client.pathManager(), manager);
          t.notSame(await settings(lab), before, 'it has taken over');
          await requests.stop();
          await subflowsFrom(lab, 1, 0);
          const { code } = await daemon.program.stop(end, 10_000);
          if (end === 'SIGTERM') t.equal(code, 0);
          else t.notSame(await settings(lab), before, 'kill -9 leaves it so');
        }
        t.same(await settings(lab), before, ends.join(', '));
      }
    },
  );
}
