// Where the kernel does not do what one would think, and the engine relies on that.

import type { Test } from 'tap';
import { isMapped, unmapped } from '../../src/model/address.ts';
import type { PathManagerCommand } from '../../src/model/command.ts';
import { until } from '../lab/until.ts';
import { connectionOf, create, join, LOCAL_ID, observe, type Scene, sceneOf } from './scene.ts';
import type { Opened, World } from './world.ts';

export const oddities = (t: Test, makeWorld: () => Promise<World>): void => {
  const test = (title: string, body: (t: Test, scene: Scene) => Promise<void>) => {
    t.test(title, async (t) => body(t, await sceneOf(t, makeWorld)));
  };

  test('of a connection that was refused the end alone is told', async (t, {
    world,
    ear,
    token,
  }) => {
    ear.mark();
    await world.openInVain();
    t.not((await ear.wait('closed')).token, token);
    t.notOk(ear.has('created'));
  });

  test('the end of a connection that the peer ends at once is not told', async (t, scene) => {
    const { world, ear } = scene;
    ear.mark();
    await world.abort();
    await until('it is gone', async () => (await connectionOf(scene)) === undefined);
    world.pump();
    t.notOk(ear.has('closed'));
    const { refusal } = await ear.ask({ kind: 'remove', token: scene.token, localId: 0 });
    t.match(refusal, { code: 'EINVAL' });
  });

  test('while nothing was acknowledged a join is refused', async (t, { world, ear, ...scene }) => {
    ear.mark();
    await world.openIdle();
    const { token } = await ear.wait('created');
    const answer = await ear.ask(create({ ...scene, world, ear, token }));
    t.match(answer.refusal, { code: 'ENOTCONN', errno: 107 });
    t.notOk(ear.has('established'));
  });

  test('what is destroyed takes the address of others along', async (t, scene) => {
    const first = await join(t, scene);
    const second = await join(t, scene);
    t.not(first.local.port, second.local.port, 'the same join twice makes two subflows');
    t.notOk((await scene.ear.ask(destroy(scene.token, second))).refusal);
    const remove: PathManagerCommand = { kind: 'remove', token: scene.token, localId: LOCAL_ID };
    t.match((await scene.ear.ask(remove)).refusal, { code: 'EINVAL' }, 'its id is not found');
    t.match((await observe(scene, first)).subflow, { state: 'established' }, 'though it is in use');
    t.notOk((await scene.ear.ask(destroy(scene.token, first))).refusal);
  });

  test('over a dead path nothing is closed by its removal', async (t, scene) => {
    const joined = await join(t, scene);
    await scene.world.setCarrier(false);
    const remove: PathManagerCommand = { kind: 'remove', token: scene.token, localId: LOCAL_ID };
    t.notOk((await scene.ear.ask(remove)).refusal);
    t.match((await observe(scene, joined)).subflow, { state: 'established' });
    t.notOk(scene.ear.has('sub-closed'));
    t.notOk((await scene.ear.ask(destroy(scene.token, joined))).refusal);
    t.match(await scene.ear.wait('sub-closed'), { local: joined.local });
  });

  test('a subflow is destroyed in the form of its socket alone', async (t, { world, ear }) => {
    ear.mark();
    await world.openMapped();
    const { token, local, remote, family } = await ear.wait('established');
    t.equal(family, 'ipv6');
    t.ok(isMapped(local.address) && isMapped(remote.address));
    const plain = {
      local: { ...local, address: unmapped(local.address) },
      remote: { ...remote, address: unmapped(remote.address) },
    };
    t.match((await ear.ask(destroy(token, plain))).refusal, { code: 'ESRCH' });
    t.notOk((await ear.ask(destroy(token, { local, remote }))).refusal);
    t.match(await ear.wait('sub-closed'), { token, local, remote });
  });

  test('where both ends are here each has a token', async (t, { world, ear }) => {
    ear.mark();
    await world.openHere();
    const near = await ear.wait('created', ({ serverSide }) => !serverSide);
    const far = await ear.wait('created', ({ serverSide }) => serverSide);
    t.not(near.token, far.token);
    t.match(far, { local: near.remote, remote: near.local });
    const { connections } = await world.kernel.snapshot();
    const tokens = connections.map(({ socket }) => socket.token);
    t.ok(tokens.includes(near.token) && tokens.includes(far.token));
  });
};

const destroy = (
  token: number,
  { local, remote }: Pick<Opened, 'local' | 'remote'>,
): PathManagerCommand => ({ kind: 'subflow-destroy', token, local, remote });
