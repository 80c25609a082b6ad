// The harness itself: what it prints for a seed brings about the same without the seed, and it finds what is broken.

import t from 'tap';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { formatCommand } from '../../src/model/format-command.ts';
import { formatScenario, parseScenario } from '../../src/testing/scenario.ts';
import { allScenarios } from './all-scenarios.ts';
import { counterexample } from './counterexample.ts';
import { type End, endOf, storm, undisturbedEndOf } from './laws.ts';

const SEEDS = 12;

const commandsOf = ({ simulation }: End): string[] => simulation.kernel.executed.map(formatCommand);

for (const scenario of allScenarios()) {
  t.test(`${scenario.name} under seeds, printed and read again`, async (t) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const end = await endOf(scenario, storm(seed));
      const printed = formatScenario(end.simulation.replay);
      const replayed = await endOf(parseScenario(printed));
      t.same(commandsOf(replayed), commandsOf(end), `seed ${seed}: the same commands`);
      t.same(replayed.state, end.state, `seed ${seed}: the same end`);
      t.equal(formatScenario(replayed.simulation.replay), printed, `seed ${seed}: the same text`);
    }
  });
}

/** A kernel whose snapshots show interfaces as they were told by events, as for a daemon that believes nothing else. */
const believingEvents = (kernel: Kernel): Kernel => {
  const running = new Map<number, boolean>();
  return {
    execute: (commands) => kernel.execute(commands),
    close: () => kernel.close(),
    events: (listener) => {
      kernel.events((batch) => {
        for (const event of batch)
          if (event.kind === 'link') running.set(event.index, event.running);
        listener(batch);
      });
    },
    snapshot: async () => {
      const snapshot = await kernel.snapshot();
      const interfaces = snapshot.interfaces.map((one) => {
        if (!running.has(one.index)) running.set(one.index, one.running);
        return { ...one, running: running.get(one.index) ?? one.running };
      });
      return { ...snapshot, interfaces };
    },
  };
};

t.test(
  'a daemon that does not read again what it missed is found, with a scenario that shows it',
  async (t) => {
    const name = 'backup-fails-over-and-back.scenario';
    const scenario = allScenarios().find((one) => one.name === name);
    if (scenario === undefined) throw new Error(`no ${name}`);
    const expected = (await undisturbedEndOf(scenario)).state;
    const broken = { wrap: believingEvents };
    const isWell = async (end: Promise<End>) =>
      (await counterexample(expected, await end)) === undefined;
    t.ok(await isWell(endOf(scenario, broken)), 'without faults all is well');
    const shown: string[] = [];
    for (let seed = 1; seed <= 50; seed++) {
      const end = await endOf(scenario, { ...storm(seed), ...broken });
      const text = await counterexample(expected, end, broken);
      if (text !== undefined) shown.push(text);
    }
    t.ok(shown.length > 0, `${shown.length} of 50 seeds show it`);
    for (const text of shown) {
      const replayed = parseScenario(text);
      t.match(text, /^> (drop link|delay link|overflow)/m, 'an event that was missed is the cause');
      t.notOk(await isWell(endOf(replayed, broken)), 'the printed scenario fails likewise');
      t.ok(await isWell(endOf(replayed)), 'and passes where nothing is broken');
    }
    t.comment(shown[0]);
  },
);
