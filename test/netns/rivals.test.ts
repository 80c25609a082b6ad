// Somebody else, here `ip mptcp` and `sysctl`, changes what the daemon keeps: noticed, said, repaired three times, then left
// as it is and shown as a conflict.

import t, { type Test } from 'tap';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, tool, until } from '../lab/index.ts';
import { PATIENCE } from '../lab/until.ts';
import { policyFile, twoPaths } from './policy.ts';
import { makeLab, PORT } from './scene.ts';

t.setTimeout(240_000 * PATIENCE);

const REPAIRS = 3;

interface Scene {
  readonly lab: Lab;
  readonly daemon: Daemon;
  /** Makes the daemon read everything again, for a reason of its own: nobody has asked it to. */
  readonly nudge: () => Promise<void>;
}

const makeScene = async (t: Test, ...words: readonly string[]): Promise<Scene> => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const daemon = await Daemon.start(lab.client, {
    policies: [policyFile(t, twoPaths('active', 'active'))],
    // A handful of events: a few connections at a time are too many.
    words: [...words, '--receive-buffer', '2304'],
  });
  const resyncs = async () => (await daemon.status()).counters['resyncs'] ?? 0;
  const nudge = async () => {
    const before = await resyncs();
    const role = [tool('client'), 'storm', '--count', '256'];
    const to = ['--to', lab.address(), '--port', String(PORT), '--ports', '8'];
    await lab.client.exec([...role, ...to]);
    await until('it was read again', resyncs, 20_000, (count) => count > before);
  };
  return { lab, daemon, nudge };
};

const notices = ({ program }: Daemon, words: string): string[] =>
  program.errors.filter((line) => line.includes(' warn ') && line.includes(words));

/** Does it again and again: after three repairs it stays. `isRight` says whether what the daemon wants is there. */
const quarrel = async (
  t: Test,
  { daemon, nudge }: Scene,
  words: string,
  change: () => Promise<unknown>,
  isRight: () => Promise<boolean>,
): Promise<void> => {
  const rightAgain = (what: string) => until(what, isRight, 20_000);
  for (let repair = 1; repair <= REPAIRS; repair++) {
    await change();
    await nudge();
    await rightAgain(`repair ${repair}`);
  }
  await change();
  await nudge();
  await until('the conflict is shown', async () => (await daemon.status()).conflicts, 20_000);
  await nudge();
  t.notOk(await isRight(), 'then it is left');
  const { conflicts = [] } = await daemon.status();
  t.equal(conflicts.length, 1);
  t.match(conflicts[0], words);
  t.match(await daemon.ctl('status'), /conflict: somebody has /);
  const said = await until(
    'it is said',
    () => notices(daemon, words),
    5_000,
    (all) => all.length === REPAIRS + 1,
  );
  t.match(said.at(-1), /conflict: .* for the 4th time: it is left so until SIGHUP/);
  t.equal(said.filter((line) => line.endsWith(': repaired')).length, REPAIRS);

  daemon.program.kill('SIGHUP');
  await rightAgain('SIGHUP: it begins anew');
  t.equal((await daemon.status()).conflicts, undefined);
};

t.test('the path manager of new connections', async (t) => {
  const scene = await makeScene(t);
  const { lab } = scene;
  const change = () => lab.client.pathManager('kernel');
  const isRight = async () => (await lab.client.pathManager()) === 'userspace';
  await quarrel(t, scene, 'the path manager kernel', change, isRight);
  t.equal(await scene.daemon.stop(), 0);
  t.equal(await lab.client.pathManager(), 'kernel', 'at the end it is as it was');
});

const endpoints = async (lab: Lab): Promise<string[]> =>
  (await lab.client.exec(['ip', 'mptcp', 'endpoint', 'show'])).split('\n').filter(Boolean);

t.test('an endpoint that is deleted', async (t) => {
  const scene = await makeScene(t, '--manager', 'kernel');
  const { lab } = scene;
  const address = lab.client.interfaces[1]?.ipv4 ?? '';
  const find = async () => (await endpoints(lab)).find((line) => line.startsWith(`${address} `));
  const change = async () => {
    const id = /id (\d+)/.exec((await find()) ?? '')?.[1] ?? '';
    await lab.client.exec(['ip', 'mptcp', 'endpoint', 'delete', 'id', id]);
  };
  await until('it is there', find, 10_000);
  const isRight = async () => (await find()) !== undefined;
  await quarrel(t, scene, `deleted endpoint ${address}`, change, isRight);
  t.equal((await endpoints(lab)).length, 2, 'the other one was kept');
  t.equal(await scene.daemon.stop(), 0);
  t.same(await endpoints(lab), []);
});

t.test('the flags of an endpoint', async (t) => {
  const scene = await makeScene(t, '--manager', 'kernel');
  const { lab } = scene;
  const address = lab.client.interfaces[1]?.ipv4 ?? '';
  const find = async () => (await endpoints(lab)).find((line) => line.startsWith(`${address} `));
  const shown = await until('it is there', find, 10_000);
  const id = /id (\d+)/.exec(shown ?? '')?.[1] ?? '';
  const change = () =>
    lab.client.exec(['ip', 'mptcp', 'endpoint', 'change', 'id', id, 'backup', 'fullmesh']);
  const isRight = async () => !((await find()) ?? 'backup').includes('backup');
  await quarrel(t, scene, `the flags of endpoint ${address}`, change, isRight);
});

t.test('the limits', async (t) => {
  const scene = await makeScene(t, '--manager', 'kernel');
  const { lab } = scene;
  const shown = async () => (await lab.client.exec(['ip', 'mptcp', 'limits', 'show'])).trim();
  const raised = async () => (await shown()) === 'add_addr_accepted 8 subflows 8';
  await until('they are raised', raised, 10_000);
  const change = () =>
    lab.client.exec(['ip', 'mptcp', 'limits', 'set', 'subflows', '3', 'add_addr_accepted', '1']);
  await quarrel(t, scene, 'the limits to 3 subflows', change, raised);
});
