// Scenarios that nobody thought of: whatever a daemon has lived through, another one that begins now has nothing to add;
// and what went wrong on the way makes no difference.

import { formatCommand } from '../../src/model/format-command.ts';
import { formatScenario, type Scenario } from '../../src/testing/scenario.ts';
import { counterexample } from './counterexample.ts';
import { endOf, endState, storm } from './laws.ts';
import { randomWalk } from './random-walk.ts';
import { seeds } from './seeds.ts';

interface Failure {
  readonly seed: number;
  readonly what: string;
  readonly scenario: string;
}

/** What another daemon would do on this host, whoever was there before. */
const begunAnew = async (scenario: Scenario): Promise<string | undefined> => {
  const { state, simulation } = await endOf(scenario);
  const { kernel } = simulation;
  const before = kernel.executed.length;
  await simulation.restart();
  const planned = kernel.executed.slice(before).filter(({ kind }) => kind !== 'observe');
  // What the peer refuses the new one has not tried yet, and listeners end with the daemon.
  const isRefused = scenario.steps.some(({ action: [verb] }) =>
    verb?.match(/^peer-(refuses|limit)$/),
  );
  const news = planned.filter(({ kind }) => kind !== 'listen').map(formatCommand);
  if (news.length > 0 && !isRefused) return `plans ${news.join(', ')}`;
  await simulation.wait(180_000);
  const then = endState(kernel);
  return then.join('\n') === state.join('\n') ? undefined : `ends with ${then.join('; ')}`;
};

const failures: Failure[] = [];
const started = performance.now();
for (const seed of seeds()) {
  const walk = randomWalk(seed, { repeatable: false });
  const what = await begunAnew(walk);
  if (what !== undefined) failures.push({ seed, what, scenario: formatScenario(walk) });
  const repeatable = randomWalk(seed, { repeatable: true });
  const { state } = await endOf(repeatable);
  const scenario = await counterexample(state, await endOf(repeatable, storm(seed)));
  if (scenario !== undefined) failures.push({ seed, what: 'ends otherwise', scenario });
}
const seconds = ((performance.now() - started) / 1_000).toFixed(1);

// Only now: tap follows every promise, which takes longer than what is tested.
const { default: t } = await import('tap');

t.same(
  failures.map(({ seed, what }) => `seed ${seed}: ${what}`),
  [],
  `${seeds().length} walks, ${seconds} s`,
);
for (const { seed, scenario } of failures.slice(0, 3)) t.comment(`seed ${seed} is:\n${scenario}`);
