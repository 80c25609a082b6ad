// Everything goes wrong at once, for a minute: links flap, addresses come and go, the daemon is killed, its receive
// buffers are too small for any burst, somebody else edits the endpoints, and hundreds of connections a second are opened
// and closed. Then it is quiet, and everything must be as the policy wants it. `CHAOS_SEED=N` plays another schedule,
// `CHAOS_SECONDS=N` sets how long. `CHAOS_MANAGER=kernel` plays it with endpoints, and a rival that takes, changes and
// deletes what is ours: the kernel joins from an endpoint once, and what fails then waits for the next return of the path, so
// that this one does not end well every time.

import t from 'tap';
import { calm, loseEachOnce, rage } from '../chaos/acts.ts';
import { judge } from '../chaos/judge.ts';
import { account } from '../chaos/report.ts';
import { editOurs, editOwn } from '../chaos/rival.ts';
import { World, type WorldOptions } from '../chaos/world.ts';

t.setTimeout(400_000);

const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
const SECONDS = Number(process.env['CHAOS_SECONDS'] ?? 60);
const MANAGER = process.env['CHAOS_MANAGER'] ?? 'userspace';

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
  t.test(`${options.manager} path manager, CHAOS_SEED=${SEED}`, async (t) => {
    const world = await World.make(t, { ...options, seed: SEED });
    await rage(world);
    await calm(world);
    if (options.manager === 'kernel') await loseEachOnce(world);
    const verdict = await judge(world);
    for (const line of await account(world, verdict)) t.comment(line);
    t.same(verdict.findings.mismatches, []);
  });
};

const milliseconds = SECONDS * 1_000;
if (MANAGER === 'kernel') {
  run({ manager: 'kernel', policy: policy(), milliseconds, rival: editOurs });
} else {
  const announcing = policy('announce: { port: 5000 }');
  run({ manager: 'userspace', policy: announcing, milliseconds, rival: () => editOwn });
}
