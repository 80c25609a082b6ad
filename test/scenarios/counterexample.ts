// A scenario that shows how a law is broken, as text to be saved as a *.scenario.

import { formatScenario, type Scenario } from '../../src/testing/scenario.ts';
import { differences, type End, endOf, isFault } from './laws.ts';
import type { Options } from './simulation.ts';

/** Undefined where the law holds; otherwise with no more faults than it takes, and what differs in the first line. */
export const counterexample = async (
  expected: readonly string[],
  end: End,
  options: Options = {},
): Promise<string | undefined> => {
  if (differences(expected, end).length === 0) return undefined;
  let shortest = end;
  for (let at = 0; at < shortest.simulation.replay.steps.length; ) {
    const shorter = await withoutFault(shortest.simulation.replay, at, options);
    if (shorter !== undefined && differences(expected, shorter).length > 0) shortest = shorter;
    else at += 1;
  }
  const { replay } = shortest.simulation;
  const what = differences(expected, shortest).join('; ');
  return formatScenario({ ...replay, title: `${replay.title}: ${what}` });
};

/** Nothing where that step is none. */
const withoutFault = async (scenario: Scenario, at: number, options: Options) => {
  const step = scenario.steps[at];
  if (step === undefined || !isFault(step)) return undefined;
  return endOf({ ...scenario, steps: scenario.steps.toSpliced(at, 1) }, options);
};
