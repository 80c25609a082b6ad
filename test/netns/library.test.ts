// The library on the real kernel: events, commands and look-ups without the daemon.

import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import {
  type KernelError,
  loadAddon,
  type NamespaceEvent,
  type OpenKernel,
  openKernel,
  type PathManagerCommand,
} from '../../src/index.ts';
import type { Lab } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { PATIENCE } from '../lab/until.ts';
import { makeLab, PORT, subflowsFrom } from './scene.ts';

t.setTimeout(60_000 * PATIENCE);

const example = fileURLToPath(new URL('../../docs/examples/watch-and-join.js', import.meta.url));

const NOTHING: PathManagerCommand = { kind: 'remove', token: 1, localId: 1 };

const labOf = async (t: Test): Promise<Lab> => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  await lab.client.pathManager('userspace');
  return lab;
};

const open = (t: Test, lab: Lab, receiveBuffer?: number): OpenKernel => {
  const { netns } = lab.client;
  const kernel = openKernel({ netns, ...(receiveBuffer !== undefined && { receiveBuffer }) });
  t.teardown(() => kernel.close());
  return kernel;
};

const connect = async (t: Test, lab: Lab): Promise<void> => {
  const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT, every: 50 });
  t.teardown(() => requests.stop());
};

type Kind = NamespaceEvent['kind'];

const next = async <K extends Kind>(
  events: AsyncIterableIterator<NamespaceEvent>,
  kind: K,
): Promise<NamespaceEvent & { readonly kind: K }> => {
  for (;;) {
    const { done, value } = await events.next();
    if (done) throw new Error(`events ended before ${kind}`);
    if (value.kind === kind) return value as NamespaceEvent & { readonly kind: K };
  }
};

const rejection = (promise: Promise<unknown>): Promise<KernelError> =>
  promise.then(
    () => Promise.reject(new Error('it was resolved')),
    (error) => error as KernelError,
  );

t.test('the example joins a second path', async (t) => {
  const lab = await labOf(t);
  const { ipv4 = '' } = lab.client.interfaces[1] ?? {};
  const program = lab.client.spawn([process.execPath, example, ipv4]);
  await program.line('waiting', (line) => line === 'waiting');
  await connect(t, lab);
  t.match(await program.line('the join'), new RegExp(`^0x[0-9a-f]{8} joined from ${ipv4}:\\d+$`));
  t.same(await program.exited, { code: 0, signal: null });
  await subflowsFrom(lab, 1, 1);
});

t.test('a command resolves at its acknowledgement, and what came of it is an event', async (t) => {
  const lab = await labOf(t);
  const kernel = open(t, lab);
  const heard: NamespaceEvent[] = [];
  const stop = kernel.listen((batch) => heard.push(...batch));
  const events = kernel.events();
  await connect(t, lab);
  const { token, remote } = await next(events, 'established');
  const { ipv4 = '' } = lab.client.interfaces[1] ?? {};
  const local = { address: ipv4, port: 0 };
  const path = { token, local, localId: 7, remote, ifindex: 0, backup: false };
  await kernel.execute({ kind: 'subflow-create', ...path });
  const joined = await next(events, 'sub-established');
  t.match(joined, { token, localId: 7, remote, local: { address: ipv4 } });
  t.ok(heard.includes(joined), 'listener and iterator get the same');
  stop();

  const { connections } = await kernel.snapshot();
  t.match(connections, [{ socket: { token }, subflows: { length: 2 } }]);
  if ((await kernel.capabilities())['token-dump'].has === 'yes') {
    t.match(await kernel.addresses(token), [{ id: 7, address: ipv4 }]);
    t.match(await rejection(kernel.addresses(1)), { operation: 'get-addr', code: 'EINVAL' });
  } else {
    t.match(await rejection(kernel.addresses(token)), { code: 'EOPNOTSUPP', errno: 95 });
  }
  await lab.client.ip(['link set wwan0 down']);
  t.match(await next(events, 'link'), { name: 'wwan0', up: false });
});

t.test('endpoints and limits', async (t) => {
  const lab = await labOf(t);
  await using kernel = openKernel({ netns: lab.client.netns });
  const endpoint = { id: 3, address: '10.0.1.1', port: 0, flags: 2, ifindex: 0 };
  await kernel.execute({ kind: 'add-addr', endpoint });
  await kernel.execute({ kind: 'set-limits', subflows: 4, addAddrAccepted: 1 });
  t.same(await kernel.endpoints(), [endpoint]);
  t.same(await kernel.limits(), { subflows: 4, addAddrAccepted: 1 });
  await kernel.execute({ kind: 'del-addr', id: 3 });
  t.same(await kernel.endpoints(), []);
});

t.test('errors', async (t) => {
  const lab = await labOf(t);
  const kernel = open(t, lab);
  const refused = await rejection(kernel.execute(NOTHING));
  t.match(refused, {
    name: 'KernelError',
    operation: 'remove',
    errno: 22,
    code: 'EINVAL',
    extack: 'invalid token',
    attribute: 'token',
    command: NOTHING,
    message: 'remove 0x00000001 id 1: invalid token (EINVAL, token)',
  });
  await t.rejects(kernel.execute({ ...NOTHING, localId: 300 } as PathManagerCommand), {
    name: 'TypeError',
    message: /localId: out of range/,
  });
  t.throws(() => openKernel({ netns: '/run/netns/subflowd-nowhere' }), {
    name: 'KernelError',
    operation: 'open',
    code: 'ENOENT',
    errno: 2,
  });
});

t.test('closing rejects what is under way, and ends iterations', async (t) => {
  const lab = await labOf(t);
  const kernel = open(t, lab);
  const events = kernel.events();
  const waiting = events.next();
  const under = [NOTHING, NOTHING].map((command) => rejection(kernel.execute(command)));
  kernel.close();
  kernel.close();
  for (const error of await Promise.all(under)) {
    t.match(error, { code: 'ECANCELED', errno: 125, operation: 'remove', command: NOTHING });
  }
  t.same(await waiting, { done: true, value: undefined });
  t.match(await rejection(kernel.execute(NOTHING)), { code: 'ECANCELED' });
  t.throws(() => kernel.events(), { name: 'KernelError', code: 'ECANCELED' });
});

t.test('what a listener throws costs no other its events', async (t) => {
  const lab = await labOf(t);
  const kernel = open(t, lab);
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  const stop = kernel.listen(() => {
    stop();
    throw new Error('thrown by a listener');
  });
  const events = kernel.events();
  await lab.client.ip(['link set wwan0 down']);
  t.match(await next(events, 'link'), { name: 'wwan0' });
  t.match(await thrown, { message: 'thrown by a listener' });
});

t.test('lost events are told', async (t) => {
  const lab = await labOf(t);
  const kernel = open(t, lab, 8_192);
  const events = kernel.events();
  const addon = loadAddon();
  const { netns } = lab.client;
  for (let i = 0; i < 200; i++) {
    const bind = { address: '127.0.0.1', port: 7100 };
    addon.closeDescriptor(addon.openMptcpSocket({ family: 'ipv4', netns, bind, listen: 1 }));
  }
  t.match(await next(events, 'lost'), { socket: 'mptcp_pm', reason: /ENOBUFS/ });
});
