// The laws of ARCHITECTURE.md, on one scenario.

import { formatSocketAddress, unmapped } from '../../src/model/address.ts';
import { EndpointFlag } from '../../src/model/endpoint.ts';
import { formatToken } from '../../src/model/token.ts';
import { parseFault } from '../../src/testing/fault.ts';
import { seeded } from '../../src/testing/random.ts';
import { RandomFaults } from '../../src/testing/random-faults.ts';
import type { Scenario, Step } from '../../src/testing/scenario.ts';
import type { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { type Options, Simulation } from './simulation.ts';

/** Longer than the longest back-off and than the time between two resyncs, in ms. */
const LONG = 180_000;

/** How often the daemon is killed, of all steps and batches of events. */
const KILLS = 0.03;

/** What anybody can see, without what a retry may rightly change (source ports, order), a line each. */
export const endState = (kernel: ScriptedKernel): string[] => {
  const { limits, list } = kernel.endpoints;
  return [
    ...[...kernel.listeners.at].map(([at, whose]) => `listener ${at} ${whose}`).sort(),
    ...[...kernel.connections.values()].flatMap(connectionState),
    ...list.map(({ address }) => `endpoint ${address}`).sort(),
    `limits ${limits.subflows} ${limits.addAddrAccepted}`,
  ];
};

type Connection = ScriptedKernel['connections'] extends ReadonlyMap<number, infer C> ? C : never;

const connectionState = ({ token, subflows, addresses }: Connection): string[] => [
  formatToken(token),
  ...subflows
    .map(({ local, remote, backupLocal }) => {
      const flag = backupLocal ? ' backup' : '';
      const to = formatSocketAddress({ ...remote, address: unmapped(remote.address) });
      return `${formatToken(token)} ${unmapped(local.address)} → ${to}${flag}`;
    })
    .sort(),
  ...addresses
    .filter(({ flags }) => flags & EndpointFlag.signal)
    .map((announced) => `${formatToken(token)} announced ${formatSocketAddress(announced)}`)
    .sort(),
];

/** Whether something goes wrong by this step, and nothing else. */
export const isFault = ({ action }: Step): boolean =>
  action[0] === 'kill' || parseFault(action) !== undefined;

const undisturbed = (scenario: Scenario): Scenario => ({
  ...scenario,
  steps: scenario.steps.filter((step) => !isFault(step)),
});

export interface End {
  readonly state: readonly string[];
  readonly simulation: Simulation;
}

/** Runs it; then nothing goes wrong any more, everything is read again, and time passes. */
export const endOf = async (scenario: Scenario, options?: Options): Promise<End> => {
  const simulation = new Simulation(scenario, options);
  try {
    await simulation.run();
    await simulation.heal();
    await simulation.wait(LONG);
    return { state: endState(simulation.kernel), simulation };
  } catch (error) {
    return { state: [`${error}`], simulation };
  }
};

export const undisturbedEndOf = (scenario: Scenario, options?: Options): Promise<End> =>
  endOf(undisturbed(scenario), options);

/** What the seed makes to go wrong. */
export const storm = (seed: number): Options => {
  const random = seeded(seed);
  return {
    faults: new RandomFaults(random),
    kills: (simulation) => random() < KILLS && !simulation.isPuzzled,
  };
};

/**
 * Connections of which nobody can tell who opened them: that is shown by the initial subflow alone, which has gone, and
 * everything that told it before was lost. Nothing is decided for those.
 */
const unknowable = ({ kernel, controller }: Simulation): string[] =>
  [...controller.state.connections.values()]
    .filter(({ serverSide }) => serverSide === undefined)
    .filter(({ token }) => !kernel.connections.get(token)?.subflows.some(({ initial }) => initial))
    .map(({ token }) => formatToken(token));

/** What this end lacks and what it has too much, a line each; nothing where it is as expected. */
export const differences = (expected: readonly string[], { state, simulation }: End): string[] => {
  const left = unknowable(simulation);
  const isKnowable = (line: string) => !left.some((token) => line.startsWith(token));
  const lacking = (whole: readonly string[], part: readonly string[]) =>
    whole.filter((line) => isKnowable(line) && count(whole, line) > count(part, line));
  return [
    ...lacking(expected, state).map((line) => `missing: ${line}`),
    ...lacking(state, expected).map((line) => `too much: ${line}`),
  ];
};

const count = (list: readonly string[], line: string): number =>
  list.filter((other) => other === line).length;
