// What the engine relies on of a server's kernel, where the peer joins an address that it was not told.

import type { Test } from 'tap';
import type { PathManagerCommand } from '../../src/model/command.ts';
import { EndpointFlag } from '../../src/model/endpoint.ts';
import { Ear, type World } from './world.ts';

/** A server with two addresses, and a client that connects to the first. */
export interface ServerWorld extends Pick<World, 'kernel' | 'pump' | 'open' | 'close'> {
  readonly second: string;
  /** The client joins at the second address. */
  peerJoins(): Promise<void>;
}

interface Scene {
  readonly world: ServerWorld;
  readonly ear: Ear;
  readonly token: number;
}

export const joinedContract = (t: Test, makeWorld: () => Promise<ServerWorld>): void => {
  const test = (title: string, body: (t: Test, scene: Scene) => Promise<void>) => {
    t.test(title, async (t) => {
      const world = await makeWorld();
      t.teardown(() => world.close());
      const ear = new Ear(world);
      await world.open();
      const { token } = await ear.wait('established', ({ serverSide }) => serverSide);
      ear.mark();
      await world.peerJoins();
      await body(t, { world, ear, token });
    });
  };

  test('an address that the peer joins gets the lowest id, and is listed as implicit', async (t, scene) => {
    const { address, port } = (await scene.ear.wait('sub-established')).local;
    t.equal(address, scene.world.second);
    t.ok(port > 0);
    await isImplicit(t, scene);
    const { connections } = await scene.world.kernel.snapshot();
    const found = connections.find(({ socket }) => socket.token === scene.token);
    const joined = found?.subflows.find(({ initial }) => !initial);
    t.match(joined, { localId: 1, initiatedHere: false });
  });

  test('such an address is announced under its id alone, and stays implicit', async (t, scene) => {
    const { ear, world } = scene;
    await ear.wait('sub-established');
    t.match((await ear.ask(announce(scene, world.second, 40))).refusal, { code: 'EINVAL' });
    t.match((await ear.ask(announce(scene, '192.0.2.7', 1))).refusal, { code: 'EINVAL' });
    t.notOk((await ear.ask(announce(scene, world.second, 1))).refusal);
    await isImplicit(t, scene);
  });
};

const announce = ({ token }: Scene, address: string, localId: number): PathManagerCommand => ({
  kind: 'announce',
  token,
  local: { address, port: 0 },
  localId,
  ifindex: 0,
});

/** The second address is in the connection's list, where the kernel shows one (Linux 6.10). */
const isImplicit = async (t: Test, { world, token }: Scene): Promise<void> => {
  const { connections, listsAddresses } = await world.kernel.snapshot();
  const listed = connections.find(({ socket }) => socket.token === token)?.addresses;
  const entry = { id: 1, address: world.second, flags: EndpointFlag.implicit };
  t.match(listed, listsAddresses ? [entry] : undefined);
};
