// Laws 1 and 3: whatever is lost, late, refused or killed on the way, after a resync the end is the same. Every scenario
// under many seeds; `settle` throws where planning does not come to an end.

import { lawfulScenarios } from './all-scenarios.ts';
import { counterexample } from './counterexample.ts';
import { endOf, storm, undisturbedEndOf } from './laws.ts';
import { seeds } from './seeds.ts';

const happened = new Map<string, number>();

const failuresOf = async (scenario: ReturnType<typeof lawfulScenarios>[number]) => {
  const expected = (await undisturbedEndOf(scenario)).state;
  const failures: { readonly seed: number; readonly replay: string }[] = [];
  for (const seed of seeds()) {
    const end = await endOf(scenario, storm(seed));
    for (const [verb, count] of end.simulation.faults) {
      happened.set(verb, (happened.get(verb) ?? 0) + count);
    }
    const replay = await counterexample(expected, end);
    if (replay !== undefined) failures.push({ seed, replay });
  }
  return failures;
};

// Before tap is there: it follows every promise, which takes longer than what is tested.
const started = performance.now();
const results = [];
for (const scenario of lawfulScenarios()) {
  results.push({ name: scenario.name, failures: await failuresOf(scenario) });
}
const seconds = ((performance.now() - started) / 1_000).toFixed(1);

const { default: t } = await import('tap');

for (const { name, failures } of results) {
  t.equal(failures.length, 0, `${name} ends the same under every seed`);
  const [first] = failures;
  if (first === undefined) continue;
  t.comment(`seeds ${failures.map(({ seed }) => seed).join(' ')}; seed ${first.seed} is:`);
  t.comment(`\n${first.replay}`);
}
t.comment(`${results.length} scenarios, ${seeds().length} seeds, ${seconds} s`);
t.comment([...happened].map(([verb, count]) => `${verb} ${count}`).join(', '));
