// What the engine relies on, said once and checked against every kernel that there is: this keeps the scripted one
// honest.

import type { Test } from 'tap';
import type { PathManagerCommand } from '../../src/model/command.ts';
import { type Endpoint, EndpointFlag } from '../../src/model/endpoint.ts';
import { isNotOurs } from '../../src/model/owner.ts';
import {
  connectionOf,
  create,
  isListed,
  join,
  LOCAL_ID,
  listenAt,
  observe,
  type Scene,
  sceneOf,
} from './scene.ts';
import type { World } from './world.ts';

/** Runs the contract; every test gets a world of its own. */
export const contract = (t: Test, makeWorld: () => Promise<World>): void => {
  const test = (title: string, body: (t: Test, scene: Scene) => Promise<void>) => {
    t.test(title, async (t) => body(t, await sceneOf(t, makeWorld)));
  };

  test('a connection is told, and is in the snapshot', async (t, { world, ear, ...opened }) => {
    const created = await ear.wait('created');
    t.match(created, { ...opened, family: 'ipv4', serverSide: false, denyJoinId0: false });
    const { connections, interfaces } = await world.kernel.snapshot();
    const found = connections.find(({ socket }) => socket.token === opened.token);
    t.match(found, { socket: { ...opened, state: 'established' } });
    t.not(found?.owner, 'kernel', 'it is ours, or nobody can tell');
    t.match(found?.subflows, [
      { ...opened, initial: true, initiatedHere: true, fullyEstablished: true, localId: 0 },
    ]);
    t.match(
      interfaces.find(({ index }) => index === world.second.index),
      { up: true, running: true, addresses: [{ address: world.second.address }] },
    );
  });

  test('the end of a connection is told', async (t, { world, ear, token }) => {
    await world.end();
    t.equal((await ear.wait('closed')).token, token);
    const { connections } = await world.kernel.snapshot();
    t.notOk(
      connections.some(({ socket }) => socket.token === token && socket.state === 'established'),
    );
  });

  test('a join is answered, told, listed and observed', async (t, scene) => {
    const joined = await join(t, scene, true);
    t.match(joined, { localId: LOCAL_ID, remoteId: 0, backup: false, error: 0 });
    const found = await connectionOf(scene);
    t.match(
      found?.subflows.find(({ initial }) => !initial),
      { localId: LOCAL_ID, initiatedHere: true, state: 'established' },
    );
    const { address } = scene.world.second;
    t.ok(isListed(found, (entry) => entry.id === LOCAL_ID && entry.address === address));
    const { subflow } = await observe(scene, joined);
    t.match(subflow, { localId: LOCAL_ID, initiatedHere: true });
  });

  test('a join is flagged backup only if that was asked; whether it then is can be observed', async (t, scene) => {
    const flagOf = async (backup: boolean) =>
      (await observe(scene, await join(t, scene, backup))).subflow?.backupLocal;
    t.type(await flagOf(true), 'boolean');
    t.equal(await flagOf(false), false);
  });

  test('a join to where nobody listens is accepted first and told to have failed', async (t, scene) => {
    const nowhere = { address: scene.remote.address, port: 9 };
    t.notOk((await scene.ear.ask(create(scene, { remote: nowhere }))).refusal);
    t.match(await scene.ear.wait('sub-closed'), { token: scene.token, error: 111 });
  });

  test('an unknown token is refused', async (t, { ear }) => {
    const answer = await ear.ask({ kind: 'remove', token: 1 << 30, localId: 5 });
    t.match(answer.refusal, { code: 'EINVAL', errno: 22 });
  });

  test('an id that another address has is refused', async (t, scene) => {
    await join(t, scene);
    const { local } = scene;
    const clash = create(scene, { local: { address: local.address, port: 0 } });
    const answer = await scene.ear.ask(clash);
    t.match(answer.refusal, { code: 'EINVAL', text: /did not match address and id/ });
  });

  test('what is destroyed is told, forgotten and not found again', async (t, scene) => {
    const { local, remote } = await join(t, scene);
    const destroy: PathManagerCommand = {
      kind: 'subflow-destroy',
      token: scene.token,
      local,
      remote,
    };
    t.notOk((await scene.ear.ask(destroy)).refusal);
    t.match(await scene.ear.wait('sub-closed'), { local, remote });
    t.notOk((await connectionOf(scene))?.addresses?.some(({ id }) => id === LOCAL_ID));
    const again = await scene.ear.ask(destroy);
    t.match(again.refusal, { code: 'ESRCH' });
    t.notOk((await observe(scene, { local, remote })).subflow?.state === 'established');
  });

  test('what is removed is closed by the peer', async (t, scene) => {
    const { local } = await join(t, scene);
    const remove: PathManagerCommand = { kind: 'remove', token: scene.token, localId: LOCAL_ID };
    t.notOk((await scene.ear.ask(remove)).refusal);
    t.match(await scene.ear.wait('sub-closed'), { local });
    const again = await scene.ear.ask(remove);
    t.match(again.refusal, { code: 'EINVAL' }, 'an id that is not listed is refused');
    const zero: PathManagerCommand = { kind: 'remove', token: scene.token, localId: 0 };
    await join(t, scene);
    t.notOk((await scene.ear.ask(zero)).refusal);
    t.notOk((await scene.ear.ask(zero)).refusal, 'id 0 can be repeated');
  });

  test('a priority is set without an event, and can be observed', async (t, scene) => {
    const { local, remote } = await join(t, scene);
    const flags = EndpointFlag.backup;
    const set: PathManagerCommand = { kind: 'set-flags', token: scene.token, local, remote, flags };
    t.notOk((await scene.ear.ask(set)).refusal);
    t.equal((await observe(scene, { local, remote })).subflow?.backupLocal, true);
    t.notOk(scene.ear.has('sub-priority'));
  });

  test('an announced address is listed as such', async (t, scene) => {
    const local = { address: scene.world.second.address, port: 0 };
    const announce: PathManagerCommand = {
      kind: 'announce',
      token: scene.token,
      local,
      localId: 40,
      ifindex: 0,
    };
    t.notOk((await scene.ear.ask(announce)).refusal);
    const isSignal = ({ flags }: Endpoint) => (flags & EndpointFlag.signal) !== 0;
    t.ok(isListed(await connectionOf(scene), (entry) => entry.id === 40 && isSignal(entry)));
  });

  test('an address is announced with and without a port, each under an id of its own', async (t, scene) => {
    const { address } = scene.world.second;
    const announce = (port: number, localId: number) =>
      scene.ear.ask({
        ...{ kind: 'announce', token: scene.token, ifindex: 0, localId },
        local: { address, port },
      });
    t.notOk((await announce(0, 40)).refusal);
    t.match((await announce(5000, 40)).refusal, { code: 'EINVAL' });
    t.notOk((await announce(5000, 41)).refusal);
    t.ok(isListed(await connectionOf(scene), ({ id, port }) => id === 41 && port === 5000));
  });

  test('a listener is opened once, and closed', async (t, { world, ear }) => {
    const listen = listenAt(world.second.address, 5000);
    t.notOk((await ear.ask(listen)).refusal);
    t.notOk((await ear.ask(listen)).refusal, 'asking twice is asking once');
    const unlisten = { ...listen, kind: 'unlisten' } as const;
    t.notOk((await ear.ask(unlisten)).refusal);
    t.notOk((await ear.ask(unlisten)).refusal, 'nor does it matter that none is there');
    await world.serve(5000);
    t.match((await ear.ask(listen)).refusal, { code: 'EADDRINUSE', errno: 98 });
    t.notOk((await ear.ask(unlisten)).refusal, 'and it is not ours to close');
    t.match((await ear.ask(listen)).refusal, { code: 'EADDRINUSE' });
  });

  test('nobody listens at an address that is not on the host', async (t, { ear }) => {
    const answer = await ear.ask(listenAt('203.0.113.1', 5000));
    t.match(answer.refusal, { code: 'EADDRNOTAVAIL', errno: 99 });
  });

  test('a lost carrier ends no subflow, and a join from there is refused', async (t, scene) => {
    await join(t, scene);
    scene.ear.mark();
    await scene.world.setCarrier(false);
    const { index } = scene.world.second;
    await scene.ear.wait('link', (link) => link.index === index && !link.running);
    t.notOk(scene.ear.has('sub-closed'));
    t.equal((await connectionOf(scene))?.subflows.length, 2);
    const answer = await scene.ear.ask(create(scene));
    // The second where the kernel does not bind the subflow to its interface: the routes answer then.
    t.match(answer.refusal, { code: /^E(NET|HOST)UNREACH$/ });
    await scene.world.setCarrier(true);
    await scene.ear.wait('link', (link) => link.index === index && link.running);
  });

  test('a join without an answer is half open, also once its address is gone, and can be destroyed', async (t, scene) => {
    const { world, ear, token } = scene;
    await world.silence();
    t.notOk((await ear.ask(create(scene))).refusal);
    await world.removeAddress();
    const halfOpen = async () =>
      (await connectionOf(scene))?.subflows.find(({ state }) => state === 'syn-sent');
    const { local, remote, localId } = (await halfOpen()) ?? {};
    t.match({ local, remote, localId }, { remote: scene.remote, localId: LOCAL_ID });
    if (local === undefined || remote === undefined) return;
    const answer = await ear.ask({ kind: 'subflow-destroy', token, local, remote });
    t.notOk(answer.refusal);
    const closed = await ear.wait('sub-closed');
    t.match(closed, { token, local, error: 104, remote: { address: remote.address, port: 0 } });
    t.notOk(await halfOpen());
  });

  test('an address that leaves is told, and cannot be joined from', async (t, scene) => {
    const { address, index } = scene.world.second;
    scene.ear.mark();
    await scene.world.removeAddress();
    t.match(await scene.ear.wait('address-removed'), { index, address });
    const answer = await scene.ear.ask(create(scene));
    t.match(answer.refusal, { code: 'EADDRNOTAVAIL' });
  });

  test("the in-kernel path manager's connections are told apart", async (t, { world, ear }) => {
    ear.mark();
    await world.openForeign();
    const { token } = await ear.wait('established');
    const found = (await world.kernel.snapshot()).connections.find((c) => c.socket.token === token);
    t.not(found?.owner, 'userspace', 'it is not ours, or nobody can tell');
    t.equal(found?.addresses, undefined);
    const { refusal } = await ear.ask({ kind: 'remove', token, localId: 0 });
    t.match(refusal, { code: 'EINVAL' });
    t.ok(refusal !== undefined && isNotOurs(refusal), 'the refusal tells it in any case');
  });
};
