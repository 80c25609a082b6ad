import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  AlreadyRunning,
  ControlClient,
  ControlError,
  ControlServer,
  type ServerOptions,
  socketPath,
} from '../../src/control/index.ts';
import { linesOf } from '../../src/control/lines.ts';
import { shortDirectory } from './control-directory.ts';
import { busy } from './control-status.ts';
import { hasOtherUsers } from './other-users.ts';

const start = async (t: Test, options: Partial<ServerOptions> = {}) => {
  const path = options.path ?? join(shortDirectory(t), 'c.sock');
  const server = await ControlServer.listen({ path, handlers: { status: () => busy }, ...options });
  t.teardown(() => server.close());
  return { path, server };
};

/** A client that can misbehave. */
const plug = async (
  t: Test,
  path: string,
): Promise<{ socket: Socket; lines: AsyncGenerator<string | undefined> }> => {
  const socket = connect({ path, allowHalfOpen: true });
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return { socket, lines: linesOf(socket, 1 << 20) };
};

const next = async (lines: AsyncGenerator<string | undefined>) =>
  JSON.parse((await lines.next()).value ?? 'null') as {
    id: unknown;
    result?: unknown;
    error?: { code: number; message: string };
  };

const request = (id: unknown, method = 'status'): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method })}\n`;

t.test('a call and its answer', async (t) => {
  const { path } = await start(t);
  const client = await ControlClient.connect(path);
  t.teardown(() => client.close());
  t.same(await client.call('status'), busy);
  t.same(await Promise.all([client.call('status'), client.call('status')]), [busy, busy]);
});

t.test('user and group may ask, others may not', async (t) => {
  const { path } = await start(t);
  t.equal(statSync(path).mode & 0o777, 0o660);
});

t.test('garbage is answered, and the next request as well', async (t) => {
  const { path } = await start(t);
  const { socket, lines } = await plug(t, path);
  const cases: [text: string | Buffer, id: unknown, code: number][] = [
    ['not JSON\n', null, -32_700],
    ['\n', null, -32_700],
    [Buffer.from([0xff, 0xfe, 0x00, 0x0a]), null, -32_700],
    ['null\n', null, -32_600],
    ['[]\n', null, -32_600],
    ['{"jsonrpc":"1.0","id":1,"method":"status"}\n', null, -32_600],
    ['{"jsonrpc":"2.0","id":{},"method":"status"}\n', null, -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":7}\n', null, -32_600],
    [request('a', 'statu'), 'a', -32_601],
    [request(7, 'toString'), 7, -32_601],
    [request(7, '__proto__'), 7, -32_601],
  ];
  for (const [text, id, code] of cases) {
    socket.write(text);
    const answer = await next(lines);
    t.match(answer, { jsonrpc: '2.0', id, error: { code } }, String(text));
  }
  socket.write(request(8));
  t.match(await next(lines), { id: 8, result: { pid: 1234 } });
});

t.test('a notification is not answered', async (t) => {
  const { path } = await start(t);
  const { socket, lines } = await plug(t, path);
  socket.write(`{"jsonrpc":"2.0","method":"status"}\n${request(2)}`);
  t.match(await next(lines), { id: 2 });
});

t.test('requests in pieces, and many in one piece', async (t) => {
  const { path } = await start(t);
  const { socket, lines } = await plug(t, path);
  const [head, tail] = [request(1).slice(0, 9), request(1).slice(9)];
  socket.write(head);
  await new Promise(setImmediate);
  socket.write(tail + request(2) + request(3));
  for (const id of [1, 2, 3]) t.match(await next(lines), { id });
});

t.test('a client that has closed its sending side is answered', async (t) => {
  const { path } = await start(t);
  const { socket, lines } = await plug(t, path);
  socket.end(request(1));
  t.match(await next(lines), { id: 1, result: {} });
  t.ok((await lines.next()).done);
});

t.test('a line of a megabyte is refused, and the next one answered', async (t) => {
  const { path } = await start(t);
  const { socket, lines } = await plug(t, path);
  socket.write(`"${'x'.repeat(1 << 20)}"\n${request(2)}`);
  t.match(await next(lines), {
    id: null,
    error: { code: -32_600, message: 'a request may have 65536 bytes' },
  });
  t.match(await next(lines), { id: 2 });
});

t.test('a handler that throws is the answer’s problem alone', async (t) => {
  const status = () => {
    throw new Error('no snapshot yet');
  };
  const { path } = await start(t, { handlers: { status } });
  const client = await ControlClient.connect(path);
  t.teardown(() => client.close());
  for (let i = 0; i < 2; i++) {
    await t.rejects(client.call('status'), {
      failure: 'refused',
      message: 'subflowd refused: no snapshot yet',
    });
  }
});

t.test('a slow reader is cut, and meanwhile others are served', async (t) => {
  let answered = 0;
  const status = () => {
    answered += 1;
    return { ...busy, version: 'x'.repeat(1 << 20) };
  };
  const { path } = await start(t, { handlers: { status }, patience: 200 });
  const slow = connect(path);
  const cut = new Promise((resolve) => slow.once('close', resolve));
  slow.pause();
  slow.on('error', () => {});
  // More than fits into the socket: it is told of the cut without having to read.
  slow.write(request(1).repeat(50_000));
  const client = await ControlClient.connect(path);
  t.teardown(() => client.close());
  t.equal((await client.call('status')).version.length, 1 << 20);
  await cut;
  t.equal(answered, 2, 'nothing more is answered before an answer has left');
});

t.test('who says nothing is cut, too', async (t) => {
  const { path } = await start(t, { patience: 20 });
  const { lines } = await plug(t, path);
  t.ok((await lines.next()).done);
});

t.test('no more clients than there are places', async (t) => {
  const { path } = await start(t, { maxClients: 1 });
  const first = await plug(t, path);
  first.socket.write(request(1));
  await next(first.lines);
  const second = connect(path);
  second.on('error', () => {});
  await once(second, 'close');
  first.socket.write(request(2));
  t.match(await next(first.lines), { id: 2 });
});

t.test('a second daemon is refused', async (t) => {
  const { path } = await start(t);
  await t.rejects(start(t, { path }), AlreadyRunning);
  const client = await ControlClient.connect(path);
  t.teardown(() => client.close());
  t.ok(await client.call('status'), 'the first goes on');
});

/** As a daemon leaves it that is killed. */
const leaveStaleSocket = (path: string): void => {
  const listener = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  try {
    execFileSync(process.execPath, ['-e', listener], { stdio: 'ignore' });
  } catch {
    // It was killed.
  }
};

t.test('a stale socket is replaced, and nothing stays behind', async (t) => {
  const directory = shortDirectory(t);
  const path = join(directory, 'c.sock');
  leaveStaleSocket(path);
  t.ok(existsSync(path));
  await t.rejects(ControlClient.connect(path), { message: /^no subflowd runs/ });
  const { server } = await start(t, { path });
  const client = await ControlClient.connect(path);
  t.ok(await client.call('status'));
  client.close();
  t.same(readdirSync(directory), ['c.sock']);
  await server.close();
  t.same(readdirSync(directory), []);
});

t.test('of many daemons that find a stale socket at once, one starts', async (t) => {
  const path = join(shortDirectory(t), 'c.sock');
  leaveStaleSocket(path);
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => start(t, { path })));
  const refused = results.filter(({ status }) => status === 'rejected');
  t.equal(refused.length, 7);
  for (const result of refused) {
    t.match(result, { reason: AlreadyRunning });
  }
});

t.test('what is not a socket is left alone', async (t) => {
  const path = join(shortDirectory(t), 'c.sock');
  writeFileSync(path, 'precious');
  await t.rejects(start(t, { path }), {
    message: `${path} is not a socket: remove it, or choose another directory with --runtime`,
  });
  t.equal(statSync(path).size, 8);
});

t.test('a path too long for a socket is refused', async (t) => {
  t.throws(() => socketPath(`/tmp/${'x'.repeat(100)}`), ControlError);
});

t.test('a client that nobody answers gives up', async (t) => {
  const path = join(shortDirectory(t), 'c.sock');
  const mute = createServer((socket) => t.teardown(() => socket.destroy())).listen(path);
  t.teardown(() => mute.close());
  await once(mute, 'listening');
  const client = await ControlClient.connect(path);
  t.teardown(() => client.close());
  await t.rejects(client.call('status', undefined, 10), {
    failure: 'no-answer',
    message: 'subflowd did not answer "status" within 10 ms: look at its log',
  });
});

t.test('a daemon that goes away, or talks nonsense, ends the call', async (t) => {
  for (const nonsense of ['', 'nonsense\n', '{"id":null,"error":{"message":"x"}}\n']) {
    const path = join(shortDirectory(t), 'c.sock');
    const broken = createServer((socket) => socket.once('data', () => socket.end(nonsense))).listen(
      path,
    );
    await once(broken, 'listening');
    const client = await ControlClient.connect(path);
    await t.rejects(client.call('status'), ControlError, nonsense);
    await t.rejects(client.call('status'), { message: 'the connection is closed' });
    broken.close();
  }
});

t.test('no daemon, or one that may not be asked', async (t) => {
  const directory = shortDirectory(t);
  writeFileSync(join(directory, 'file'), '');
  await t.rejects(ControlClient.connect(join(directory, 'c.sock')), {
    failure: 'no-daemon',
    message: /^no subflowd runs in this network namespace .* start it with "subflowd run"$/,
  });
  await t.rejects(ControlClient.connect(join(directory, 'file/c.sock')), {
    message: /^no subflowd/,
  });
});

t.test(
  'a client of another user is told what to do',
  { skip: !(hasOtherUsers && process.geteuid?.() === 0) && 'needs root' },
  async (t) => {
    const { path } = await start(t);
    const script = `
    import { ControlClient } from ${JSON.stringify(new URL('../../src/control/index.js', import.meta.url).href)};
    process.seteuid(65534);
    await ControlClient.connect(${JSON.stringify(path)}).catch((error) => console.log(error.failure));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    await once(child, 'close');
    t.equal(output, 'not-permitted\n');
  },
);

t.test('lines', async (t) => {
  const collect = async (max: number, ...chunks: string[]) => {
    const lines: (string | undefined)[] = [];
    const source = async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    };
    for await (const line of linesOf(source(), max)) lines.push(line);
    return lines;
  };
  t.same(await collect(9, 'a\nb', 'c\n\n', 'd'), ['a', 'bc', '']);
  t.same(await collect(3, 'ab\nabc\na\n'), ['ab', undefined, 'a']);
  t.same(await collect(3, 'abc', 'def', 'g\nab\n'), [undefined, 'ab']);
  t.same(await collect(9, 'é\n'), ['é']);
});

t.test('nothing but a socket is made in the directory', async (t) => {
  const directory = shortDirectory(t);
  writeFileSync(join(directory, 'other'), '');
  const { server } = await start(t, { path: join(directory, 'c.sock') });
  await server.close();
  t.same(readdirSync(directory), ['other']);
});
