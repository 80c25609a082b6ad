// Everything goes wrong at once, for a minute: links flap, addresses come and go, the daemon is killed, its receive
// buffers are too small for any burst, somebody else edits the endpoints, and hundreds of connections a second are opened
// and closed. Then it is quiet, and everything must be as the policy wants it. `CHAOS_SEED=N` plays the same again,
// `CHAOS_SECONDS=N` sets how long, `CHAOS_MANAGER=kernel` plays one of the two.

import t from 'tap';
import { calm, loseEachOnce, rage } from '../chaos/acts.ts';
import { judge } from '../chaos/judge.ts';
import { account } from '../chaos/report.ts';
import { editOurs, editOwn } from '../chaos/rival.ts';
import { World, type WorldOptions } from '../chaos/world.ts';

t.setTimeout(400_000);

const SEED = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const SECONDS = Number(process.env['CHAOS_SECONDS'] ?? 60);
const ONLY = process.env['CHAOS_MANAGER'];

const policy = (more = '') => `
interface: { name: wlan0 }
role: active
ready: { settle: 0s }
---
interface: { name: wwan0 }
role: backup
ready: { settle: 0s }
${more}`;

const run = (options: Omit<WorldOptions, 'seed'>): void => {
  const skip = ONLY !== undefined && ONLY !== options.manager;
  t.test(`${options.manager} path manager, CHAOS_SEED=${SEED}`, { skip }, async (t) => {
    const world = await World.make(t, { ...options, seed: SEED });
    await rage(world);
    await calm(world);
    if (options.manager === 'kernel') await loseEachOnce(world);
    const verdict = await judge(world);
    for (const line of await account(world, verdict)) t.comment(line);
    t.same(verdict.findings.mismatches, []);
  });
};

run({
  manager: 'userspace',
  policy: policy('announce: { port: 5000 }'),
  milliseconds: SECONDS * 1_000,
  rival: () => editOwn,
});
// A shorter one: the same schedule, and a rival that takes, changes and deletes what is ours.
run({
  manager: 'kernel',
  policy: policy(),
  milliseconds: SECONDS * 400,
  rival: editOurs,
});
