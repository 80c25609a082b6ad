// The sockets on the event loop: overflow, namespaces, exceptions, closing.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { loadAddon } from '../../src/kernel/addon.ts';
import type { Lost, PathManagerEvent } from '../../src/model/event.ts';
import { Inbox } from './inbox.ts';
import { cannotRun, ownNamespace } from './own-namespace.ts';

const addon = loadAddon();
const RTNLGRP_IPV4_IFADDR = 5;

/** Makes the kernel send two events, at once. */
const listenOnce = (netns: string, port: number): void => {
  const bind = { address: '127.0.0.1', port };
  addon.closeDescriptor(addon.openMptcpSocket({ family: 'ipv4', netns, bind, listen: 1 }));
};

const isLost = (item: PathManagerEvent | Lost): item is Lost => item.kind === 'lost';
const listenerOn =
  (port: number) =>
  (item: PathManagerEvent | Lost): item is PathManagerEvent & { kind: 'listener-created' } =>
    item.kind === 'listener-created' && item.local.port === port;

t.test('sockets on the loop', { skip: cannotRun }, async (t) => {
  const netns = ownNamespace();

  t.test('an overflow is told, and events go on', async (t) => {
    const inbox = new Inbox<PathManagerEvent | Lost>();
    const socket = new addon.PathManagerEventSocket(inbox.listener, { netns, receiveBuffer: 8192 });
    t.teardown(() => socket.close());
    for (let i = 0; i < 200; i++) listenOnce(netns, 7001);
    const lost = await inbox.first('loss', isLost);
    t.match(lost, { kind: 'lost', socket: 'mptcp_pm', reason: /ENOBUFS/ });
    t.ok(inbox.items.length < 400, `${inbox.items.length - 1} of 400 events fitted`);
    listenOnce(netns, 7002);
    t.ok(await inbox.first('later event', listenerOn(7002)));
  });

  t.test('raw events have every attribute as it came', async (t) => {
    const inbox = new Inbox<PathManagerEvent | Lost>();
    const socket = new addon.PathManagerEventSocket(inbox.listener, { netns, raw: true });
    t.teardown(() => socket.close());
    listenOnce(netns, 7010);
    const event = await inbox.first(
      'event',
      (item): item is PathManagerEvent & { kind: 'unknown' } => item.kind === 'unknown',
    );
    t.equal(event.command, 15);
    t.same([...event.attributes.keys()], [2, 5, 9]);
    t.same(event.attributes.get(5), Uint8Array.from([127, 0, 0, 1]));
    t.same(event.attributes.get(9), Uint8Array.from([7010 >> 8, 7010 & 0xff]));
  });

  t.test('a large buffer keeps what a small one loses', async (t) => {
    const inbox = new Inbox<PathManagerEvent | Lost>();
    const socket = new addon.PathManagerEventSocket(inbox.listener, { netns });
    t.teardown(() => socket.close());
    t.ok(socket.receiveBuffer > 1_000_000, `${socket.receiveBuffer} bytes`);
    for (let i = 0; i < 2000; i++) listenOnce(netns, 7003);
    listenOnce(netns, 7004);
    await inbox.first('last event', listenerOn(7004));
    t.notOk(inbox.items.some(isLost));
    t.equal(inbox.items.filter(listenerOn(7003)).length, 2000);
  });

  t.test('a socket sees its own namespace alone', async (t) => {
    const [here, there] = [
      new Inbox<PathManagerEvent | Lost>(),
      new Inbox<PathManagerEvent | Lost>(),
    ];
    const other = ownNamespace();
    const sockets = [
      new addon.PathManagerEventSocket(here.listener, { netns }),
      new addon.PathManagerEventSocket(there.listener, { netns: other }),
    ];
    t.teardown(() => sockets.forEach((socket) => void socket.close()));
    listenOnce(other, 7005);
    await there.first('event', listenerOn(7005));
    listenOnce(netns, 7006);
    await here.first('event', listenerOn(7006));
    t.notOk(here.items.some(listenerOn(7005)));
    t.notOk(there.items.some(listenerOn(7006)));
  });

  t.test('route events come as whole datagrams, and a dump as whole messages', async (t) => {
    const inbox = new Inbox<Buffer | Lost>();
    const other = ownNamespace();
    const socket = new addon.RouteEventSocket(inbox.listener, [RTNLGRP_IPV4_IFADDR], {
      netns: other,
    });
    t.teardown(() => socket.close());
    const name = other.slice('/run/netns/'.length);
    spawnSync('ip', ['-n', name, 'address', 'add', '10.7.9.9/32', 'dev', 'lo']);
    const datagram = await inbox.first('datagram', (item): item is Buffer => Buffer.isBuffer(item));
    t.equal(datagram.readUInt32LE(0), datagram.length);
    t.ok(datagram.includes(Buffer.from([10, 7, 9, 9])));
    const RTM_GETADDR = 22;
    const dump = Buffer.concat(
      await addon.routeDump(RTM_GETADDR, new Uint8Array(8), { netns: other }),
    );
    t.ok(dump.includes(Buffer.from([10, 7, 9, 9])));
    t.throws(() => addon.routeDump(RTM_GETADDR - 1, new Uint8Array(8)), { name: 'TypeError' });
  });

  t.test('a socket may be closed twice, and in its own listener', async (t) => {
    const inbox = new Inbox<PathManagerEvent | Lost>();
    const socket = new addon.PathManagerEventSocket(
      (batch) => {
        socket.close();
        inbox.listener(batch);
      },
      { netns },
    );
    listenOnce(netns, 7007);
    await inbox.first('event', listenerOn(7007));
    socket.close();
    const told = inbox.items.length;
    listenOnce(netns, 7008);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    t.equal(inbox.items.length, told);
    t.ok(socket.receiveBuffer > 0);
    socket.ref();
    socket.unref();
  });

  t.test('what a listener throws is an uncaught exception, and no end', async (t) => {
    const program = fileURLToPath(new URL('throwing-listener.js', import.meta.url));
    const { stdout, stderr, status, signal } = spawnSync(process.execPath, [program, netns], {
      encoding: 'utf8',
    });
    t.equal(stdout, 'uncaught: thrown by the listener\nthe next batch came\n', stderr);
    t.equal(status, 0, `signal ${signal}`);
  });

  t.test('an unreferenced socket does not keep the process', async (t) => {
    const program = fileURLToPath(new URL('unreferenced-sockets.js', import.meta.url));
    const { status, signal } = spawnSync(process.execPath, [program, netns], { timeout: 10_000 });
    t.equal(status, 0, `signal ${signal}`);
  });

  t.test('errors have a code, an errno and the system call', async (t) => {
    const expected = { code: 'ENOENT', errno: -2, syscall: 'open' };
    const nowhere = { netns: '/run/netns/subflowd-nowhere' };
    t.throws(() => new addon.PathManagerEventSocket(() => {}, nowhere), expected);
    t.throws(() => new addon.DiagSocket(nowhere), expected);
    await t.rejects(addon.diagSnapshot(nowhere), expected);
    await t.rejects(addon.query([], nowhere), expected);
    await t.rejects(addon.family(nowhere), expected);
    t.throws(() => addon.openMptcpSocket({ family: 'ipv4', ...nowhere }), expected);
    t.throws(() => new addon.PathManagerEventSocket(() => {}, { netns: '/proc/self/status' }), {
      code: 'EINVAL',
      syscall: 'setns',
    });
  });
});
