// Somebody sets the wall clock: the daemon reads everything again, and its own times go on.

import t from 'tap';
import { isDisposable } from '../lab/disposable.ts';
import { until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { run } from '../lab/run.ts';
import { PATIENCE } from '../lab/until.ts';
import { twoPaths } from './policy.ts';
import { makeScene, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(120_000 * PATIENCE);

const skip = !isDisposable && "it would set this machine's clock";

for (const by of ['+3 days', '-5 days', '+2 days']) {
  t.test(`the clock is set by ${by}`, { skip }, async (t) => {
    const policy = twoPaths('active', 'backup');
    const { lab, daemon } = await makeScene(t, policy, { families: ['ipv4'] });
    const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
    await subflowsFrom(lab, 1, 1);
    const resyncs = async () => (await daemon.status()).counters['resyncs'] ?? 0;
    const before = await resyncs();
    const lines = daemon.program.errors.length;

    await run(['date', '--set', by]);
    await until('everything is read again', resyncs, 10_000, (count) => count > before);
    const said = () => daemon.program.errors.slice(lines);
    t.notOk(
      said().some((line) => /subflow-|remove|set-flags/.test(line)),
      'nothing had to be done',
    );

    await requests.around(() => lab.client.cut(0));
    await subflowsFrom(lab, 0, 0);
    await lab.client.restore(0);
    await subflowsFrom(lab, 0, 1);
    await subflowsFrom(lab, 1, 1);
    await requests.stop();
  });
}
