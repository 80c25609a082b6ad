// Every *.scenario: the commands that each step leads to, and the laws of ARCHITECTURE.md that need no chance.

import t, { type Test } from 'tap';
import type { Scenario } from '../../src/testing/scenario.ts';
import { allScenarios, isLawful } from './all-scenarios.ts';
import { endOf, endState, undisturbedEndOf } from './laws.ts';
import { Simulation } from './simulation.ts';

for (const scenario of allScenarios()) {
  t.test(`${scenario.name}: ${scenario.title}`, async (t) => {
    const simulation = new Simulation(scenario);
    await simulation.run((step, sent) => {
      t.same(sent, step.expected, `line ${step.line}: ${step.action.join(' ')}`);
    });
    t.same(simulation.neverHappened, [], 'every fault that is stated happens');
    if (!isLawful(scenario)) return;
    await idempotent(t, simulation);
    t.same(endState((await restarted(scenario)).kernel), endState(simulation.kernel), 'restart');
    const expected = (await undisturbedEndOf(scenario)).state;
    t.same((await endOf(scenario)).state, expected, 'the end is that without faults');
  });
}

/** Law 2: once everything is done, reading it again plans nothing. */
const idempotent = async (t: Test, simulation: Simulation): Promise<void> => {
  await simulation.heal();
  await simulation.wait(120_000);
  const before = simulation.kernel.executed.length;
  await simulation.heal();
  await simulation.wait(2_000);
  t.equal(simulation.kernel.executed.length, before, 'a resync plans nothing');
};

/** Law 4: a daemon that ends after the last step leaves the next one all that it needs. */
const restarted = async (scenario: Scenario): Promise<Simulation> => {
  const simulation = new Simulation(scenario);
  await simulation.run();
  await simulation.restart();
  await simulation.heal();
  await simulation.wait(120_000);
  return simulation;
};
