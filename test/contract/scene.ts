// What tests of the contract have in common: a host with one connection, and what is asked of its kernel.

import type { Test } from 'tap';
import type { ListenerCommand, PathManagerCommand } from '../../src/model/command.ts';
import type { Endpoint } from '../../src/model/endpoint.ts';
import type { KernelEvent } from '../../src/model/event.ts';
import type { ConnectionSnapshot } from '../../src/model/snapshot.ts';
import { Ear, type Opened, type World } from './world.ts';

export interface Scene extends Opened {
  readonly world: World;
  readonly ear: Ear;
}

export const LOCAL_ID = 32;

/** Every test gets a world of its own. */
export const sceneOf = async (t: Test, makeWorld: () => Promise<World>): Promise<Scene> => {
  const world = await makeWorld();
  t.teardown(() => world.close());
  const ear = new Ear(world);
  await world.open();
  const { token, local, remote } = await ear.wait('established');
  return { world, ear, token, local, remote };
};

type Joined = KernelEvent & { readonly kind: 'sub-established' };
type Create = PathManagerCommand & { readonly kind: 'subflow-create' };

export const create = ({ token, remote, world }: Scene, other: Partial<Create> = {}): Create => ({
  kind: 'subflow-create',
  token,
  local: { address: world.second.address, port: 0 },
  localId: LOCAL_ID,
  remote,
  ifindex: world.second.index,
  backup: false,
  ...other,
});

export const join = async (t: Test, scene: Scene, backup = false): Promise<Joined> => {
  const answer = await scene.ear.ask(create(scene, { backup }));
  t.notOk(answer.refusal);
  return scene.ear.wait('sub-established');
};

export const observe = (
  { token, world, ear }: Scene,
  { local, remote }: Pick<Opened, 'local' | 'remote'>,
) => ear.observe({ token, local, remote, ifindex: world.second.index });

export const listenAt = (address: string, port: number): ListenerCommand => ({
  kind: 'listen',
  local: { address, port },
  ifindex: 0,
});

/** A kernel that has no lists to show is not asked. */
export const isListed = (
  found: ConnectionSnapshot | undefined,
  isIt: (entry: Endpoint) => boolean,
): boolean => found !== undefined && (found.addresses?.some(isIt) ?? true);

export const connectionOf = async ({ world, token }: Scene) =>
  (await world.kernel.snapshot()).connections.find(({ socket }) => socket.token === token);
