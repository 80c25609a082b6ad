// The main job in short, for kernels other than this one (`make kernels`).

import t, { type Test } from 'tap';
import { cut } from '../lab/cut.ts';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, type LabOptions, type PathManager, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(300_000 * PATIENCE);

/** Milliseconds; the kernel alone takes at least 200. */
const QUICK = 150 * PATIENCE;
const CYCLES = Number(process.env['CYCLES'] ?? 3);

/** Another daemon takes over what the killed one had. */
const restart = async (t: Test, lab: Lab, before: Daemon, all: Requests[]): Promise<void> => {
  await before.program.stop('SIGKILL');
  const policies = [policyFile(t, twoPaths('active', 'backup'))];
  const { program } = await Daemon.start(lab.client, { policies, words: ['--level', 'debug'] });
  const sent = program.errors.filter((line) => / info +(subflow-|remove|set-flags)/.test(line));
  t.same(sent, [], 'everything is as it should be');
  const downAt = cut(lab.client, 0);
  const waits = await Promise.all(all.map((one) => one.around(() => downAt, 20)));
  t.ok(Math.max(...waits.flat()) < QUICK, `new daemon: ${waits.map((w) => Math.max(...w))} ms`);
  await subflowsFrom(lab, 0, 0);
  await lab.client.restore(0);
  await subflowsFrom(lab, 0, 3);
  if (t.passing()) return;
  for (const line of program.errors) t.comment(line);
};

/** A lab with the daemon; what it logged is shown where the test fails. */
const begin = async (t: Test, policy: string, options: LabOptions): Promise<[Lab, Daemon]> => {
  const lab = await makeLab(t, options);
  const daemon = await Daemon.start(lab.client, {
    policies: [policyFile(t, policy)],
    words: ['--level', 'debug'],
  });
  t.teardown(async () => {
    if (t.passing()) return;
    for (const line of daemon.program.errors) t.comment(line);
  });
  return [lab, daemon];
};

const flags = async (lab: Lab, index: number): Promise<string[]> => {
  const { ipv4 } = lab.client.interfaces[index] ?? {};
  return (await lab.client.sockets('subflows'))
    .filter(({ state, local }) => state === 'ESTAB' && local.startsWith(`${ipv4}`))
    .map(({ line }) => /flags:(\w+)/.exec(line)?.[1] ?? '');
};

/** As `ss` shows flags: b, the backup that this side asked for. */
const isBackup = (lab: Lab, index: number, backup: boolean): Promise<unknown> =>
  until(
    `${index} is ${backup ? 'backup' : 'regular'}`,
    () => flags(lab, index),
    5_000,
    (seen) => seen.length > 0 && seen.every((one) => one.includes('b') === backup),
  );

const WAYS = [
  { family: '4', address: 'ipv4' },
  { family: '6', address: 'ipv6' },
  { family: 'mapped', address: 'ipv4' },
] as const;

for (const peer of (process.env['PEERS'] ?? 'kernel,userspace').split(',') as PathManager[]) {
  t.test(`${CYCLES} cuts and returns, ${peer} peer`, async (t) => {
    const [lab, daemon] = await begin(t, twoPaths('active', 'backup'), { peer });
    const all = await Promise.all(
      WAYS.map(({ family, address }) =>
        Requests.start(lab.client, { to: lab.address(address), port: PORT, family, every: 50 }),
      ),
    );
    await subflowsFrom(lab, 1, 3);
    await isBackup(lab, 1, true);
    await isBackup(lab, 0, false);
    const quiet = (await lab.client.packets(1)).sent;
    const busy = (await lab.client.packets(0)).sent;
    await until('data flows', async () => (await lab.client.packets(0)).sent > busy + 40);
    t.ok((await lab.client.packets(1)).sent < quiet + 15, 'the backup path is quiet');
    for (let cycle = 1; cycle <= CYCLES; cycle++) {
      const downAt = cut(lab.client, 0);
      const waits = await Promise.all(all.map((one) => one.around(() => downAt, 20)));
      const slowest = waits.map((gaps) => Math.max(...gaps));
      t.ok(Math.max(...slowest) < QUICK, `4, 6, mapped: ${slowest.map(Math.round)} ms`);
      await subflowsFrom(lab, 0, 0);
      await lab.client.restore(0);
      await subflowsFrom(lab, 0, 3);
      const before = (await lab.client.packets(0)).sent;
      const back = async () => (await lab.client.packets(0)).sent > before + 10;
      await until('data is back', back, 10_000);
    }
    if (peer === 'kernel') await restart(t, lab, daemon, all);
    t.equal((await lab.server.mib())['MPJoinRejected'] ?? 0, 0, 'the peer rejected none');
    for (const one of all) await one.stop();
  });
}

t.test('a standby path is joined when it is needed, and left', async (t) => {
  const [lab] = await begin(t, twoPaths('active', 'standby'), { families: ['ipv4'] });
  const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    await subflowsFrom(lab, 0, 1);
    await subflowsFrom(lab, 1, 0);
    const waited = await requests.around(() => cut(lab.client, 0), 20);
    await subflowsFrom(lab, 1, 1);
    await subflowsFrom(lab, 0, 0);
    t.ok(Math.max(...waited) < 2_000 * PATIENCE, `${waited.join(', ')} ms`);
    await lab.client.restore(0);
  }
  await subflowsFrom(lab, 0, 1);
  await subflowsFrom(lab, 1, 0);
  await requests.stop();
});
