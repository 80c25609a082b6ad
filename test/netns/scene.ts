// What most lab tests begin with: a lab, an echo server, the daemon.

import type { Test } from 'tap';
import { Daemon } from '../lab/daemon.ts';
import { Lab, type LabOptions, tool, until } from '../lab/index.ts';
import { policyFile } from './policy.ts';

export const PORT = 7000;

export interface Scene {
  readonly lab: Lab;
  readonly daemon: Daemon;
}

/** Everything is gone at the end of the test, however it ends. */
export const makeLab = async (t: Test, options: LabOptions = {}): Promise<Lab> => {
  const lab = await Lab.create(options);
  t.teardown(() => lab.close());
  const peer = [tool('peer'), 'serve', '--port', String(PORT), '--ports', '8'];
  await lab.server.spawn(peer).line('ready');
  return lab;
};

export const makeScene = async (
  t: Test,
  policy: string | undefined,
  options: LabOptions = {},
): Promise<Scene> => {
  const lab = await makeLab(t, options);
  const policies = policy === undefined ? [] : [policyFile(t, policy)];
  const daemon = await Daemon.start(lab.client, { policies });
  return { lab, daemon };
};

/** Waits until so many subflows leave by the client's interface `index`, as `ss` sees them. */
export const subflowsFrom = (lab: Lab, index: number, count: number): Promise<unknown> => {
  const { ipv4, ipv6 } = lab.client.interfaces[index] ?? {};
  // `10.0.2.1%wwan0:40000`, `10.0.9.1%eth0.7:40000`, `[::ffff:10.0.1.1]:40000`
  const isFrom = (local: string) => {
    const address = local.replace(/:\d+$/, '').replace(/[[\]]|%.*$|::ffff:/g, '');
    return address === ipv4 || address === ipv6;
  };
  return until(
    `${count} subflows leave by ${lab.client.interfaces[index]?.name}`,
    async () =>
      (await lab.client.sockets('subflows')).filter(
        ({ state, local }) => state === 'ESTAB' && isFrom(local),
      ).length,
    15_000,
    (seen) => seen === count,
  );
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
