// What the engine relies on of the in-kernel path manager.

import type { Test } from 'tap';
import type { PathManagerCommand } from '../../src/model/command.ts';
import { type Endpoint, EndpointFlag } from '../../src/model/endpoint.ts';
import { Ear, type World } from './world.ts';

interface Scene {
  readonly world: World;
  readonly ear: Ear;
}

const { subflow, backup, fullmesh, signal } = EndpointFlag;

export const endpointContract = (t: Test, makeWorld: () => Promise<World>): void => {
  const test = (title: string, body: (t: Test, scene: Scene) => Promise<void>) => {
    t.test(title, async (t) => {
      const world = await makeWorld();
      t.teardown(() => world.close());
      await body(t, { world, ear: new Ear(world) });
    });
  };

  test('limits are read and set', async (t, { world, ear }) => {
    t.notOk((await ear.ask({ kind: 'set-limits', subflows: 8, addAddrAccepted: 8 })).refusal);
    t.same((await world.kernel.snapshot()).limits, { subflows: 8, addAddrAccepted: 8 });
    const answer = await ear.ask({ kind: 'set-limits', subflows: 1_000 });
    t.match(answer.refusal, { code: 'EINVAL' });
    t.same((await world.kernel.snapshot()).limits, { subflows: 8, addAddrAccepted: 8 });
  });

  test('an endpoint is listed as it was added', async (t, { world, ear }) => {
    const endpoint = at(world, { flags: subflow | backup | fullmesh });
    t.notOk((await ear.ask({ kind: 'add-addr', endpoint })).refusal);
    t.same((await world.kernel.snapshot()).endpoints, [endpoint]);
  });

  test('the backup flag is changed in place', async (t, { world, ear }) => {
    const endpoint = at(world, { flags: subflow | fullmesh });
    await ear.ask({ kind: 'add-addr', endpoint });
    const changed = { ...endpoint, flags: endpoint.flags | backup };
    t.notOk((await ear.ask({ kind: 'set-flags', endpoint: changed })).refusal);
    t.same((await world.kernel.snapshot()).endpoints, [changed]);
  });

  test('an address or an id that is taken is refused, and so are signal and fullmesh together', async (t, scene) => {
    const { world, ear } = scene;
    const endpoint = at(world);
    await ear.ask({ kind: 'add-addr', endpoint });
    const refusal = async (differs: Partial<Endpoint>) =>
      (await ear.ask({ kind: 'add-addr', endpoint: { ...endpoint, ...differs } })).refusal?.code;
    // Some kernels have one code for all.
    t.match(await refusal({ id: 41 }), /^(EEXIST|EINVAL)$/);
    t.match(await refusal({ address: '192.0.2.7' }), /^(EBUSY|EINVAL)$/);
    t.equal(await refusal({ id: 41, address: '192.0.2.7', flags: signal | fullmesh }), 'EINVAL');
    t.same((await world.kernel.snapshot()).endpoints, [endpoint]);
  });

  test('what is not there cannot be deleted', async (t, { ear }) => {
    t.match((await ear.ask({ kind: 'del-addr', id: 40 })).refusal, { code: 'EINVAL' });
  });

  test('a full table refuses', async (t, { world, ear }) => {
    let added = 0;
    for (; added < 255; added++) {
      const endpoint = at(world, { id: 1 + added, address: `192.0.2.${added + 1}` });
      const { refusal } = await ear.ask({ kind: 'add-addr', endpoint });
      if (refusal === undefined) continue;
      // Where the code does not tell it, the number does.
      t.ok(refusal.code === 'ERANGE' || (refusal.code === 'EINVAL' && added === 8), refusal.code);
      break;
    }
    t.ok(added >= 8, `${added} fit`);
    t.equal((await world.kernel.snapshot()).endpoints.length, added);
  });

  test('connections join from an endpoint, and leave it with its deletion', async (t, scene) => {
    const { world, ear } = scene;
    await world.openForeign();
    const { token } = await ear.wait('established');
    await ear.ask({ kind: 'add-addr', endpoint: at(world) });
    const joined = await ear.wait('sub-established');
    t.match(joined, { token, localId: 40, local: { address: world.second.address } });
    await ear.ask({ kind: 'del-addr', id: 40 });
    t.match(await ear.wait('sub-closed'), { token, local: joined.local });
  });

  test('an initial subflow is closed by its address; fullmesh does not bring it back', async (t, scene) => {
    const { world, ear } = scene;
    await world.openForeign();
    const { token, local } = await ear.wait('established');
    await ear.ask({ kind: 'add-addr', endpoint: at(world) });
    await ear.wait('sub-established');
    await ear.ask({ kind: 'del-addr', id: 0, address: local.address });
    t.match(await ear.wait('sub-closed'), { token, local });
    const first = (flags: number): PathManagerCommand => ({
      kind: 'add-addr',
      endpoint: { id: 50, address: local.address, port: 0, flags, ifindex: 0 },
    });
    await ear.ask(first(subflow | fullmesh));
    await ear.ask({ kind: 'del-addr', id: 50 });
    t.notOk(ear.has('sub-established'));
    await ear.ask(first(subflow));
    const back = await ear.wait('sub-established');
    t.match(back, { token, localId: 0, local: { address: local.address } });
  });
};

const at = ({ second }: World, differs: Partial<Endpoint> = {}): Endpoint => ({
  id: 40,
  address: second.address,
  port: 0,
  flags: subflow,
  ifindex: second.index,
  ...differs,
});
