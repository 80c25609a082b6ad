// Commands, queries and look-ups on a real connection.

import t from 'tap';
import { type CommandResult, loadAddon } from '../../src/kernel/addon.ts';
import { readDiag } from '../../src/kernel/read-diag.ts';
import type { PathManagerCommand } from '../../src/model/command.ts';
import { EndpointFlag } from '../../src/model/endpoint.ts';
import type { Lost, PathManagerEvent } from '../../src/model/event.ts';
import { type Connection, openConnection } from './connection.ts';
import { Inbox } from './inbox.ts';
import { cannotRun, ownNamespace } from './own-namespace.ts';

const addon = loadAddon();
const SECOND = '10.7.0.1';
const ID = 40;

type Told = PathManagerEvent | Lost;
const of =
  <Kind extends Told['kind']>(kind: Kind, token?: number) =>
  (item: Told): item is Told & { kind: Kind } =>
    item.kind === kind && (token === undefined || ('token' in item && item.token === token));

t.test('commands', { skip: cannotRun }, async (t) => {
  const netns = ownNamespace();
  const events = new Inbox<Told>();
  const results = new Inbox<CommandResult | Lost>();
  const eventSocket = new addon.PathManagerEventSocket(events.listener, { netns });
  const commandSocket = new addon.CommandSocket(results.listener, { netns });
  const diag = new addon.DiagSocket({ netns });
  t.teardown(() => [eventSocket, commandSocket, diag].forEach((socket) => void socket.close()));

  const run = async (...commands: PathManagerCommand[]): Promise<CommandResult[]> => {
    const first = commandSocket.send(commands);
    return Promise.all(
      commands.map((_, index) =>
        results.first(
          'answer',
          (item): item is CommandResult => 'sequence' in item && item.sequence === first + index,
        ),
      ),
    );
  };

  t.test('a connection is told from its beginning to its end', async (t) => {
    const connection = await openConnection(addon, netns, { address: '127.0.0.1' });
    const { token, local, remote } = connection;
    const expected = {
      token,
      family: 'ipv4',
      local,
      remote,
      serverSide: false,
      denyJoinId0: false,
    };
    t.strictSame(await events.first('event', of('created', token)), {
      kind: 'created',
      ...expected,
    });
    t.strictSame(await events.first('event', of('established', token)), {
      kind: 'established',
      ...expected,
    });
    const server = events.items.filter(of('created')).find((event) => event.serverSide);
    t.match(server, { local: remote, remote: local, serverSide: true });
    connection.close();
    t.strictSame(await events.first('event', of('closed', token)), { kind: 'closed', token });
  });

  t.test('IPv6 and v4-mapped addresses keep the form that the socket has', async (t) => {
    for (const [address, bind] of [
      ['2001:db8::1', '2001:db8::1'],
      ['127.0.0.1', '::'],
    ] as const) {
      const connection = await openConnection(addon, netns, { address, bind });
      const { local, remote } = connection;
      const accepted = events.items
        .filter(of('created'))
        .find((event) => event.serverSide && event.local.port === remote.port);
      const form = (text: string) => (text.includes(':') ? text : `::ffff:${text}`);
      t.match(accepted, {
        family: 'ipv6',
        local: { address: form(remote.address) },
        remote: { address: form(local.address), port: local.port },
      });
      connection.close();
    }
  });

  t.test('a subflow is created, seen, marked as backup and destroyed', async (t) => {
    const connection = await openConnection(addon, netns, { address: '127.0.0.1' });
    t.teardown(() => connection.close());
    const { token, remote } = connection;
    const [created] = await run({
      kind: 'subflow-create',
      token,
      local: { address: SECOND, port: 0 },
      localId: ID,
      remote,
      ifindex: 1,
      backup: true,
    });
    t.notOk(created?.refusal);
    const joined = await events.first('join', of('sub-established', token));
    t.match(joined, { localId: ID, remoteId: 0, ifindex: 1, error: 0, local: { address: SECOND } });

    const seen = diag.subflow(joined.local, joined.remote, joined.ifindex);
    t.match(seen, {
      token,
      state: 'established',
      localId: ID,
      ifindex: 1,
      initial: false,
      initiatedHere: true,
      backupLocal: true,
    });
    t.notOk(diag.subflow(joined.local, { ...joined.remote, port: 1 }, 1));

    const { local } = joined;
    const [changed] = await run({ kind: 'set-flags', token, local, remote, flags: 0 });
    t.notOk(changed?.refusal);
    t.equal(diag.subflow(local, remote, 1)?.backupLocal, false);

    const [destroyed] = await run({ kind: 'subflow-destroy', token, local, remote });
    t.notOk(destroyed?.refusal);
    t.match(await events.first('end', of('sub-closed', token)), { local, remote, localId: ID });
  });

  t.test('an address is announced to the peer, listed and removed', async (t) => {
    const connection = await openConnection(addon, netns, { address: '127.0.0.1' });
    t.teardown(() => connection.close());
    const { token } = connection;
    const local = { address: SECOND, port: 4433 };
    await run({ kind: 'announce', token, local, localId: ID, ifindex: 0 });
    const peer = events.items
      .filter(of('created'))
      .find(({ remote, serverSide }) => serverSide && remote.port === connection.local.port)?.token;
    t.strictSame(await events.first('announcement', of('announced', peer)), {
      kind: 'announced',
      token: peer,
      remoteId: ID,
      remote: local,
    });
    const entry = { id: ID, ...local, flags: EndpointFlag.signal, ifindex: 0 };
    t.strictSame(await addon.query([{ kind: 'dump-addr', token }], { netns }), [
      { endpoints: [entry] },
    ]);
    const [removed] = await run({ kind: 'remove', token, localId: ID });
    t.notOk(removed?.refusal);
    t.ok(await events.first('removal', of('removed', peer)));
  });

  t.test('a refusal has the words of the kernel, and the rest goes on', async (t) => {
    const nothing: PathManagerCommand = { kind: 'remove', token: 1, localId: 1 };
    const answers = await run(nothing, { kind: 'flush-addrs' }, nothing);
    const refusal = { code: 'EINVAL', errno: 22, text: 'invalid token' };
    t.match(answers[0], { refusal });
    t.notOk(answers[1]?.refusal);
    t.match(answers[2], { refusal });
  });

  t.test('a thousand commands are answered, each once and in order', async (t) => {
    const before = results.items.length;
    const nothing: PathManagerCommand = { kind: 'remove', token: 1, localId: 1 };
    await run(...Array.from({ length: 1000 }, () => nothing));
    const sequences = results.items
      .slice(before)
      .map((item) => 'sequence' in item && item.sequence);
    t.equal(sequences.length, 1000);
    t.ok(sequences.every((sequence, i) => i === 0 || sequence === Number(sequences[i - 1]) + 1));
  });

  t.test('a thousand commands are answered even where few answers fit at a time', async (t) => {
    const inbox = new Inbox<CommandResult | Lost>();
    const small = new addon.CommandSocket(inbox.listener, { netns, receiveBuffer: 106496 });
    t.teardown(() => small.close());
    const nothing: PathManagerCommand = { kind: 'remove', token: 1, localId: 1 };
    const last = small.send(Array.from({ length: 1000 }, () => nothing)) + 999;
    await inbox.first(
      'last answer',
      (item): item is CommandResult => 'sequence' in item && item.sequence === last,
    );
    t.equal(inbox.items.length, 1000, `${small.receiveBuffer} bytes`);
  });

  t.test('endpoints and limits of the namespace', async (t) => {
    const endpoint = {
      id: 7,
      address: SECOND,
      port: 0,
      flags: EndpointFlag.subflow | EndpointFlag.backup,
      ifindex: 1,
    };
    await run({ kind: 'add-addr', endpoint }, { kind: 'set-limits', subflows: 3 });
    const queries = [
      { kind: 'get-addr', id: 7 },
      { kind: 'get-limits' },
      { kind: 'dump-addr' },
      { kind: 'get-addr', id: 99 },
      { kind: 'dump-addr', token: 1 },
    ] as const;
    const replies = await addon.query(queries, { netns });
    t.strictSame(replies.slice(0, 3), [
      { endpoints: [endpoint] },
      { limits: { subflows: 3, addAddrAccepted: 0 } },
      { endpoints: [endpoint] },
    ]);
    t.match(replies[3], { refusal: { code: 'EINVAL', text: 'address not found' } });
    t.match(replies[4], { refusal: { code: 'EINVAL', text: 'invalid token' } });
    const flags = EndpointFlag.subflow;
    const [changed, deleted] = await run(
      { kind: 'set-flags', endpoint: { ...endpoint, flags } },
      { kind: 'del-addr', id: 7 },
    );
    t.notOk(changed?.refusal);
    t.notOk(deleted?.refusal);
  });

  t.test('a raw request is what it is given, and the kernel judges it', async (t) => {
    const local = { address: SECOND, id: 0, port: 0, flags: 0x82 };
    const answers = await addon.query(
      [
        { kind: 'request', operation: 'add-addr', local },
        { kind: 'request', operation: 'get-addr', local: { address: SECOND } },
        { kind: 'request', operation: 'remove', token: 1 },
        { kind: 'request', operation: 'announce', token: 1 },
        { kind: 'request', operation: 'flush-addrs' },
        { kind: 'request', operation: 'set-limits', subflows: 0 },
        { kind: 'request', operation: 'get-limits' },
      ],
      { netns },
    );
    t.match(answers.slice(1, 4), [
      { refusal: { code: 'EINVAL' } },
      { refusal: { code: 'EINVAL' } },
      { refusal: { code: 'EINVAL' } },
    ]);
    t.notOk(answers[0]?.refusal);
    t.same(answers[6], { limits: { subflows: 0, addAddrAccepted: 0 } });
    for (const [request, message] of [
      [{ operation: 'resign' }, 'queries[0].operation: unknown'],
      [{ operation: 'remove', local: { id: 256 } }, 'queries[0].local.id: out of range'],
      [{ operation: 'remove', remote: { port: -1 } }, 'queries[0].remote.port: out of range'],
    ] as const) {
      const query = [{ kind: 'request', ...request }] as never;
      t.throws(() => addon.query(query, { netns }), { name: 'TypeError', message });
    }
  });

  t.test('a snapshot has every connection and its subflows', async (t) => {
    const connections: Connection[] = [];
    for (const address of ['127.0.0.1', '2001:db8::1']) {
      connections.push(await openConnection(addon, netns, { address }));
    }
    t.teardown(() => connections.forEach((connection) => void connection.close()));
    const { sockets, subflows } = await readDiag(addon, { netns });
    for (const { token, local, remote } of connections) {
      const family = local.address.includes(':') ? 'ipv6' : 'ipv4';
      const socket = sockets.find((each) => each.token === token);
      const both = { token, state: 'established', family, local, remote, uid: 0 };
      t.match(socket, { ...both, fallback: false });
      t.ok((socket?.inode ?? 0) > 0);
      t.strictSame(diag.connection(token), socket);
      const ofToken = subflows.filter((each) => each.token === token);
      t.match(ofToken, [{ ...both, localId: 0, initial: true, fullyEstablished: true }]);
      t.ok((ofToken[0]?.rtt ?? 0) > 0);
    }
    t.equal(diag.connection(1), undefined);
  });

  t.test('what cannot be encoded is named, and nothing is sent', async (t) => {
    const good: PathManagerCommand = { kind: 'remove', token: 1, localId: 1 };
    const before = results.items.length;
    const bad: [object, RegExp][] = [
      [{ kind: 'remove', token: -1, localId: 1 }, /^commands\[1\]\.token: out of range$/],
      [{ kind: 'remove', token: 1, localId: 256 }, /^commands\[1\]\.localId: out of range$/],
      [{ kind: 'remove', token: 1.5, localId: 1 }, /^commands\[1\]\.token: not a whole number$/],
      [{ kind: 'remove', token: 1 }, /^commands\[1\]\.localId: missing$/],
      [{ kind: 'resign' }, /^commands\[1\]\.kind: unknown$/],
      [{ kind: 'del-addr', id: 0 }, /^commands\[1\]\.address: missing$/],
      [
        { kind: 'announce', token: 1, local: { address: 'fe80::1%lo', port: 0 }, localId: 1 },
        /^commands\[1\]\.local\.address: not an IP address$/,
      ],
    ];
    for (const [command, message] of bad) {
      t.throws(() => commandSocket.send([good, command as PathManagerCommand]), {
        name: 'TypeError',
        message,
      });
    }
    t.throws(() => commandSocket.send('all' as never), { message: 'commands: not an array' });
    await new Promise(setImmediate);
    t.equal(results.items.length, before);
  });

  t.test('a token is there for MPTCP alone', (t) => {
    const fd = addon.openMptcpSocket({ family: 'ipv4', netns });
    t.equal(addon.connectionToken(fd), undefined, 'not connected');
    addon.closeDescriptor(fd);
    t.throws(() => addon.closeDescriptor(999_999), { code: 'EBADF', syscall: 'close' });
    t.end();
  });
});
