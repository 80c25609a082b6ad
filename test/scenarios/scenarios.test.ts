// Every *.scenario: the commands that each step leads to, and the laws of ARCHITECTURE.md under seeded faults.

import { readdirSync, readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { formatSocketAddress } from '../../src/model/address.ts';
import { EndpointFlag } from '../../src/model/endpoint.ts';
import { FaultyKernel } from '../../src/testing/faulty-kernel.ts';
import { seeded } from '../../src/testing/random.ts';
import { parseScenario, type Scenario } from '../../src/testing/scenario.ts';
import type { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { Simulation } from './simulation.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 40);

const directory = new URL('../../../test/scenarios/', import.meta.url);
const scenarios = readdirSync(directory)
  .filter((name) => name.endsWith('.scenario'))
  .map((name) => ({ name, ...parseScenario(readFileSync(new URL(name, directory), 'utf8')) }));

/** What anybody can see, without what a retry may rightly change (source ports, order). */
const endState = (kernel: ScriptedKernel) => ({
  listeners: [...kernel.listeners.at].sort(),
  connections: [...kernel.connections.values()].map(({ token, subflows, addresses }) => ({
    token,
    subflows: subflows
      .map(({ local, remote, backupLocal }) => [local.address, remote, backupLocal])
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    announced: addresses.flatMap(({ address, port, flags }) =>
      flags & EndpointFlag.signal ? [formatSocketAddress({ address, port })] : [],
    ),
  })),
  endpoints: kernel.endpoints.list.map(({ address }) => address).sort(),
  limits: kernel.endpoints.limits,
});

for (const scenario of scenarios) {
  t.test(`${scenario.name}: ${scenario.title}`, async (t) => {
    const simulation = new Simulation(scenario);
    await simulation.run((step, sent) => {
      t.same(sent, step.expected, `line ${step.line}: ${step.action.join(' ')}`);
    });
    await idempotent(t, simulation);
    t.same(endState((await restarted(scenario)).kernel), endState(simulation.kernel), 'restart');
  });
}

/** Law 2: once everything is done, reading it again plans nothing. */
const idempotent = async (t: Test, simulation: Simulation): Promise<void> => {
  await simulation.wait(120_000);
  const before = simulation.kernel.executed.length;
  simulation.kernel.overflow();
  await simulation.settle();
  await simulation.wait(2_000);
  t.equal(simulation.kernel.executed.length, before, 'a resync plans nothing');
};

/** Law 4: a daemon that is killed after the last step reaches the same end. */
const restarted = async (scenario: Scenario): Promise<Simulation> => {
  const simulation = new Simulation(scenario);
  await simulation.run();
  await simulation.restart();
  await simulation.wait(120_000);
  return simulation;
};

/** Law 3, and law 1 on the way: `settle` throws where planning does not come to an end. */
const disturbed = async (scenario: Scenario, seed: number) => {
  const random = seeded(seed);
  let faulty: FaultyKernel | undefined;
  const simulation = new Simulation(scenario, (kernel) => {
    faulty = new FaultyKernel(kernel, random, { drop: 0.15, duplicate: 0.15, reorder: 0.3 });
    return faulty;
  });
  await simulation.run();
  faulty?.heal();
  simulation.kernel.overflow();
  await simulation.settle();
  await simulation.wait(180_000);
  return { end: endState(simulation.kernel), damaged: faulty?.damaged ?? false };
};

t.test(`the same end under ${SEEDS} seeds of lost, doubled and reordered events`, async (t) => {
  let damaged = 0;
  for (const scenario of scenarios) {
    const undisturbed = new Simulation(scenario);
    await undisturbed.run();
    await undisturbed.wait(180_000);
    const expected = endState(undisturbed.kernel);
    const failures: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = await disturbed(scenario, seed);
      if (run.damaged) damaged += 1;
      if (JSON.stringify(run.end) !== JSON.stringify(expected)) {
        failures.push(`seed ${seed}: ${JSON.stringify(run.end)} not ${JSON.stringify(expected)}`);
      }
    }
    t.same(failures.slice(0, 3), [], `${scenario.name} (${failures.length} seeds differ)`);
  }
  t.ok(damaged > SEEDS, `faults happened in ${damaged} runs`);
});
