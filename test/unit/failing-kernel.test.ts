// A kernel that refuses everything, or answers nothing: asked again and again, but never stormed; and once it works,
// every goal is reached.

import t, { type Test } from 'tap';
import { Controller } from '../../src/daemon/controller.ts';
import type { Level } from '../../src/daemon/log.ts';
import { LogReporter } from '../../src/daemon/log-reporter.ts';
import { statusOf } from '../../src/daemon/status.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import type { Command } from '../../src/model/command.ts';
import type { KernelEvent } from '../../src/model/event.ts';
import { intentOf, parsePolicy } from '../../src/policy/index.ts';
import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { Paper } from '../scenarios/paper.ts';
import { VirtualClock } from '../scenarios/virtual-clock.ts';

const CONNECTIONS = 2_000;
const ENOMEM = { code: 'ENOMEM', errno: 12 };

/** Retries of a second, and what one connection may add before that is noticed. */
const BOUND = 510;

type Mood = 'works' | 'refuses' | 'is silent' | 'cannot be read';

class MoodyKernel implements Kernel {
  mood: Mood = 'works';
  /** Commands in each virtual second. */
  readonly perSecond = new Map<number, number>();
  snapshots = 0;
  readonly #inner: ScriptedKernel;
  readonly #clock: VirtualClock;
  #listener: (batch: readonly KernelEvent[]) => void = () => {};

  constructor(inner: ScriptedKernel, clock: VirtualClock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  events(listener: (batch: readonly KernelEvent[]) => void): void {
    this.#listener = listener;
    this.#inner.events(listener);
  }

  snapshot() {
    this.snapshots += 1;
    if (this.mood !== 'cannot be read') return this.#inner.snapshot();
    return Promise.reject(new Error('no buffer space (ENOBUFS)'));
  }

  execute(commands: readonly Command[]): void {
    const second = Math.floor(this.#clock.now() / 1_000);
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + commands.length);
    if (this.mood === 'refuses') {
      const refused = commands.map(
        (command): KernelEvent => ({ kind: 'command-done', command, refusal: ENOMEM }),
      );
      queueMicrotask(() => this.#listener(refused));
    } else if (this.mood !== 'is silent') this.#inner.execute(commands);
  }

  close(): void {
    this.#inner.close();
  }
}

const makeWorld = async (mood: Mood) => {
  const scripted = new ScriptedKernel();
  const clock = new VirtualClock();
  const kernel = new MoodyKernel(scripted, clock);
  const lines: string[] = [];
  const isEnabled = (level: Level) => level === 'warn' || level === 'error';
  const reporter = new LogReporter({
    isEnabled,
    write: (level, message) => {
      if (isEnabled(level)) lines.push(typeof message === 'string' ? message : message());
    },
  });
  const policy = parsePolicy([]);
  const controller = new Controller({
    ...{ kernel, clock, reporter, manager: 'userspace', keeper: new Paper(), random: () => 0 },
    intentOf: (interfaces) => intentOf(policy, interfaces),
  });
  scripted.addInterface(2, 'eth0', ['10.0.1.2']);
  scripted.addInterface(3, 'eth1', ['10.0.2.2']);
  const settle = async () => {
    do for (let i = 0; i < 10; i++) await Promise.resolve();
    while (scripted.deliver() > 0 || clock.runSoon());
  };
  await controller.start();
  await settle();
  kernel.mood = mood;
  for (let token = 1; token <= CONNECTIONS; token++) {
    const local = { address: '10.0.1.2', port: 10_000 + token };
    scripted.open({ token, local, remote: { address: '10.9.0.1', port: 443 } });
  }
  await settle();
  const pass = (milliseconds: number) => clock.advance(milliseconds, settle);
  const joined = () =>
    [...scripted.connections.values()].filter(({ subflows }) => subflows.length === 2).length;
  const status = () =>
    statusOf({
      state: controller.state,
      policy,
      since: new Date(0),
      counters: reporter.counters,
      now: clock.now(),
    });
  return { kernel, controller, pass, joined, lines, status };
};

/** The first try of each goal is not counted: it follows from what happened, and comes once. */
const retries = ({ perSecond }: MoodyKernel): number[] => [...perSecond.values()].slice(1);

const heals = async (t: Test, mood: Mood) => {
  const world = await makeWorld(mood);
  await world.pass(300_000);
  t.equal(world.joined(), 0, `after five minutes nothing is done: the kernel ${mood}`);
  const most = Math.max(...retries(world.kernel));
  const all = retries(world.kernel).reduce((sum, count) => sum + count, 0);
  t.ok(most <= BOUND, `at most ${most} commands in a second, ${all} in five minutes`);
  t.ok(all > 0, 'and it was asked again');
  return world;
};

t.test('a kernel that refuses everything', async (t) => {
  const world = await heals(t, 'refuses');
  const [connection] = world.status().connections;
  t.match(
    connection?.pending,
    [{ goal: 'join 10.0.2.2 → 0', error: 'ENOMEM' }],
    'status tells why',
  );
  t.ok((connection?.pending[0]?.failures ?? 0) >= 4);
  world.kernel.mood = 'works';
  await world.pass(120_000);
  t.equal(world.joined(), CONNECTIONS, 'no goal was lost');
});

t.test('a kernel that answers nothing', async (t) => {
  const world = await heals(t, 'is silent');
  t.match(world.status().connections[0]?.pending, [{ goal: 'join 10.0.2.2 → 0' }]);
  world.kernel.mood = 'works';
  await world.pass(240_000);
  t.equal(world.joined(), CONNECTIONS, 'no goal was lost');
});

t.test('a kernel that cannot be read', async (t) => {
  const world = await makeWorld('cannot be read');
  await world.pass(600_000);
  t.equal(world.joined(), CONNECTIONS, 'what events tell is enough');
  t.ok(world.kernel.snapshots < 25, `asked ${world.kernel.snapshots} times in ten minutes`);
  t.same(world.lines, ['snapshot failed: no buffer space (ENOBUFS)'], 'said once');
  t.match(world.status().snapshotProblem, /ENOBUFS/);
  world.kernel.mood = 'works';
  await world.pass(60_000);
  t.equal(world.status().snapshotProblem, undefined);
});
