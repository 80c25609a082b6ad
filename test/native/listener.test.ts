// The class Listener of the addon, on the real kernel.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { type ListenerOptions, loadAddon } from '../../src/kernel/addon.ts';
import { until } from '../lab/until.ts';

const addon = loadAddon();
const at = (port: number, address = '127.0.0.1'): ListenerOptions => ({
  bind: { address, port },
  ifindex: 0,
});

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

t.test('whoever connects is reset, and counted', async (t) => {
  const port = await freePort();
  let count = 0;
  const listener = new addon.Listener((resets) => {
    count += resets;
  }, at(port));
  t.teardown(() => listener.close());
  for (let i = 0; i < 3; i++) {
    const [error] = await once(connect(port, '127.0.0.1'), 'error').catch((error) => [error]);
    t.match(error, { code: 'ECONNRESET' });
  }
  await until('three are counted', () => count === 3);
});

t.test('its port is taken while it is open, and free at once afterwards', async (t) => {
  const port = await freePort();
  const first = new addon.Listener(() => {}, at(port));
  t.throws(() => new addon.Listener(() => {}, at(port)), { code: 'EADDRINUSE', syscall: 'bind' });
  first.close();
  first.close();
  const second = new addon.Listener(() => {}, at(port));
  second.close();
});

t.test('one of IPv6 leaves the port of IPv4 to others', async (t) => {
  const port = await freePort();
  const six = new addon.Listener(() => {}, at(port, '::'));
  const four = new addon.Listener(() => {}, at(port));
  t.pass('both are open');
  six.close();
  four.close();
});

t.test('an address that is not here, and arguments that are none', async (t) => {
  const make = (options: unknown, onReset: unknown = () => {}) =>
    new addon.Listener(onReset as () => void, options as ListenerOptions);
  t.throws(() => make(at(5000, '203.0.113.1')), { code: 'EADDRNOTAVAIL', syscall: 'bind' });
  t.throws(() => make(undefined), { message: 'options: not an object' });
  t.throws(() => make({}), { message: /^options\.bind: / });
  t.throws(() => make({ bind: at(1).bind }), { message: 'options.ifindex: missing' });
  t.throws(() => make(at(1), 1), { message: 'listener: not a function' });
});

t.test('it does not keep a thread alive, and goes with it', async (t) => {
  const port = await freePort();
  const module = new URL('../../src/kernel/addon.js', import.meta.url);
  const program = `import { loadAddon } from '${module}';
    new (loadAddon().Listener)(() => {}, ${JSON.stringify(at(port))});`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const [code] = await once(new Worker(url, { execArgv: [] }), 'exit');
  t.equal(code, 0);
  new addon.Listener(() => {}, at(port)).close();
});
