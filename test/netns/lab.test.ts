// The lab itself: that its paths are what they are said to be, and that nothing of it is left over.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type Host, Lab, tool, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';
import { makeLab, PORT } from './scene.ts';

/** Runs the traffic client to its end; returns its last line. */
const traffic = async (host: Host, role: string, ...words: string[]) => {
  const client = host.spawn([tool('client'), role, '--port', String(PORT), ...words]);
  const { code } = await client.exited;
  if (code !== 0) throw new Error(`${role}: ${[...client.lines, ...client.errors].join('\n')}`);
  return JSON.parse(client.lines.at(-1) ?? '{}');
};

const joinByWwan = (lab: Lab, flags = ''): Promise<void> =>
  lab.client.ip([
    `mptcp endpoint add ${lab.client.interfaces[1]?.ipv4} dev wwan0 subflow ${flags}`,
  ]);

const joined = (lab: Lab, count = 1): Promise<unknown> =>
  until(
    `${count} joined`,
    async () => (await lab.server.mib()).MPJoinAckRx,
    5_000,
    (seen) => seen === count,
  );

const link = async (host: Host, name: string): Promise<string> =>
  (await host.exec(['ip', '-o', 'link', 'show', name])).match(/<(.*)>/)?.[1] ?? '';

const hasCarrier = async (host: Host, name: string): Promise<boolean> =>
  (await link(host, name)).includes('LOWER_UP');

const WAYS = [
  { family: '4', of: 'ipv4' },
  { family: '6', of: 'ipv6' },
  { family: 'mapped', of: 'ipv4' },
] as const;

t.setTimeout(240_000);

t.test('near: the answer comes at once, in each family', async (t) => {
  const began = performance.now();
  const lab = await makeLab(t);
  t.comment(`made in ${Math.round(performance.now() - began)} ms`);
  for (const { family, of } of WAYS) {
    const words = ['--to', lab.address(of), '--family', family, '--count', '50'];
    const { requests, median_ms } = await traffic(lab.client, 'request', ...words);
    t.equal(requests, 50, family);
    t.ok(median_ms < 5, `${family}: ${median_ms} ms`);
  }
});

t.test('far: the answer takes both delays', async (t) => {
  const lab = await makeLab(t, { delay: 20, rate: 50, queue: 200 });
  for (const { family, of } of WAYS) {
    const words = ['--to', lab.address(of), '--family', family, '--count', '15'];
    const { min_ms, median_ms } = await traffic(lab.client, 'request', ...words);
    t.ok(min_ms >= 39.5 && min_ms <= 43, `${family}: ${min_ms} ms, median ${median_ms} ms`);
  }
});

t.test('far: a download is as fast as the rate allows', async (t) => {
  const lab = await makeLab(t, { delay: 5, rate: 20, queue: 100 });
  await lab.server.spawn([tool('peer'), 'serve', '--port', '6999', '--source']).line('ready');
  const argv = [tool('client'), 'download', '--to', lab.address(), '--port', '6999'];
  const download = lab.client.spawn(argv);
  const report = async (word = 'report') => {
    download.send(word);
    return JSON.parse(await download.line(word, (line) => line.includes(`"${word}"`)));
  };
  const enough = async () => (await report()).bytes > 2_000_000;
  await until('it is up to speed', enough, 10_000);
  await report('mark');
  await until('2 MB have come', enough, 10_000);
  const { mbit_per_s } = await report();
  t.ok(mbit_per_s > 10 && mbit_per_s < 21, `${mbit_per_s} Mbit/s`);
});

t.test('what comes from an interface leaves by it', async (t) => {
  const lab = await makeLab(t);
  for (const of of ['ipv4', 'ipv6'] as const) {
    const before = [await lab.client.packets(0), await lab.client.packets(1)];
    const from = lab.client.interfaces[1]?.[of] ?? '';
    await traffic(lab.client, 'request', '--to', lab.address(of), '--from', from, '--count', '50');
    const after = [await lab.client.packets(0), await lab.client.packets(1)];
    const sent = after.map((packets, i) => packets.sent - (before[i]?.sent ?? 0));
    t.ok((sent[1] ?? 0) >= 50 && (sent[0] ?? 0) < 10, `${of}: ${sent}`);
  }
});

t.test(
  'a cut takes the client’s carrier and routes, not the server’s; restoring brings all back',
  async (t) => {
    const lab = await makeLab(t);
    const ask = (i: number, of: 'ipv4' | 'ipv6') =>
      traffic(
        lab.client,
        'request',
        ...[
          '--to',
          lab.address(of),
          '--from',
          lab.client.interfaces[i]?.[of] ?? '',
          '--count',
          '3',
        ],
      );
    await lab.client.cut(0);
    t.notOk(await hasCarrier(lab.client, 'wlan0'));
    t.ok(await hasCarrier(lab.server, 'eth0'));
    await t.rejects(
      ask(0, 'ipv4'),
      /No route to host/,
      'the source rule lets nothing out elsewhere',
    );
    for (const of of ['ipv4', 'ipv6'] as const) t.equal((await ask(1, of)).requests, 3);
    await lab.client.restore(0);
    for (const of of ['ipv4', 'ipv6'] as const) t.equal((await ask(0, of)).requests, 3);
  },
);

t.test('a cable can be pulled at the far end', async (t) => {
  const lab = await makeLab(t);
  await lab.paths[0]?.unplug();
  t.match(await link(lab.client, 'wlan0'), /NO-CARRIER.*UP/);
  t.ok(await hasCarrier(lab.server, 'eth0'));
  await lab.paths[0]?.plug();
  await until('the carrier is back', () => hasCarrier(lab.client, 'wlan0'));
});

for (const delay of [0, 5])
  t.test(`packets can be lost without anybody being told (delay ${delay} ms)`, async (t) => {
    const lab = await makeLab(t, { delay });
    const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT, every: 1 });
    const [slowest] = await requests.around(async () => {
      await lab.paths[0]?.silence();
      t.ok(await hasCarrier(lab.client, 'wlan0'));
      const waiting = async () => {
        requests.program.send('report');
        const is = (line: string) => line.includes('"report"');
        return JSON.parse(await requests.program.line('report', is)).waiting_ms;
      };
      await until('a request waits', waiting, 5_000, (ms) => ms > 100);
      await lab.paths[0]?.resume();
    });
    t.ok(slowest > 100, `${slowest} ms`);
    await requests.stop();
  });

t.test('the kernel alone fails over to a backup after a retransmission timeout', async (t) => {
  const lab = await makeLab(t);
  await joinByWwan(lab, 'backup');
  const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
  await joined(lab);
  const [slowest, ...next] = await requests.around(() => lab.client.cut(0));
  t.ok(slowest > 150 && slowest < 2_000, `${slowest} ms, then ${next.join(', ')} ms`);
  await requests.stop();
});

t.test('paths, names and the peer can be chosen', async (t) => {
  const lab = await makeLab(t, {
    paths: [{ interface: 'eth0' }, { interface: 'wwan0' }, { interface: 'usb0.7', delay: 10 }],
    serverInterfaces: 2,
    peer: 'userspace',
    families: ['ipv4'],
  });
  t.strictSame(
    lab.client.interfaces.map(({ name }) => name),
    ['eth0', 'wwan0', 'usb0.7'],
  );
  t.equal(await lab.server.pathManager(), 'userspace');
  const second = lab.server.interfaces[1]?.ipv4 ?? '';
  const from = lab.client.interfaces[2]?.ipv4 ?? '';
  const { min_ms } = await traffic(
    lab.client,
    'request',
    '--to',
    second,
    '--from',
    from,
    '--count',
    '5',
  );
  t.ok(min_ms >= 19.5 && min_ms < 23, `${min_ms} ms`);
  await joinByWwan(lab);
  const sequence = ['--to', lab.address(), '--count', '3', '--deadline', '3000'];
  t.equal((await traffic(lab.client, 'sequence', ...sequence)).joined, 3);
});

t.test('every join is timed; connections end without a reset', async (t) => {
  const lab = await makeLab(t);
  await joinByWwan(lab);
  const sniff = lab.client.spawn([tool('sniff')]);
  await sniff.line('ready');
  await traffic(lab.client, 'churn', '--to', lab.address(), '--count', '200', '--window', '20');
  await traffic(lab.client, 'sequence', '--to', lab.address(), '--count', '50');
  await sniff.stop();
  const { connections, count, min_us, median_us } = JSON.parse(sniff.lines.at(-1) ?? '{}');
  t.equal(connections, 250);
  t.ok(count >= 50 && min_us > 0, `${count} joins, median ${median_us} us`);
  for (const host of [lab.client, lab.server]) {
    const { MPRstTx, MPFastcloseTx } = await host.mib();
    t.strictSame({ MPRstTx, MPFastcloseTx }, { MPRstTx: 0, MPFastcloseTx: 0 }, host.name);
  }
});

t.test('duplicate address detection can be had', async (t) => {
  const lab = await Lab.create({ dad: true, paths: 1 });
  t.teardown(() => lab.close());
  const address = () =>
    lab.client.exec(['ip', '-6', 'addr', 'show', 'dev', 'wlan0', 'scope', 'global']);
  t.match(await address(), /tentative/);
  await until('it is over', async () => !(await address()).includes('tentative'), 5_000);
});

const LIBRARY = JSON.stringify(new URL('../lab/index.js', import.meta.url));

/** A process that makes a lab with a server in it, says so, and then does `next`. */
const labProcess = async (t: Test, next: string) => {
  const script = `import { Lab, tool } from ${LIBRARY};
    const lab = await Lab.create({ paths: 1 });
    const peer = lab.server.spawn([tool('peer'), 'serve', '--port', '7000']);
    await peer.line('ready');
    console.log(peer.pid);
    ${next}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  for await (const line of createInterface(child.stdout))
    return { child, exited, peer: Number(line) };
  throw new Error('no lab was made');
};

const namespacesOf = (pid?: number): string[] =>
  readdirSync('/run/netns').filter((name) => name.startsWith(`subflowd-${pid}-`));

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const STAY = 'setInterval(() => {}, 1000);';
for (const [how, next, signal] of [
  ['a signal', STAY, 'SIGTERM'],
  ['the keyboard', STAY, 'SIGINT'],
  ['an exception', 'throw new Error("planted");', undefined],
  ['process.exit', 'process.exit(3);', undefined],
] as const)
  t.test(`a lab that ends by ${how} leaves nothing behind`, async (t) => {
    const { child, exited, peer } = await labProcess(t, next);
    if (signal) child.kill(signal);
    await exited;
    t.strictSame(namespacesOf(child.pid), []);
    await until('its server has ended', () => !isRunning(peer));
  });

t.test('what a killed lab leaves is removed by the next', async (t) => {
  const { child, exited, peer } = await labProcess(t, STAY);
  child.kill('SIGKILL');
  await exited;
  t.equal(namespacesOf(child.pid).length, 3);
  await until('its server has ended', () => !isRunning(peer));
  await makeLab(t, { paths: 1 });
  t.strictSame(namespacesOf(child.pid), []);
});

const isRealRoot =
  process.getuid?.() === 0 &&
  /^\s*0\s+0\s+4294967295/.test(readFileSync('/proc/self/uid_map', 'utf8'));

t.test('all this works without root', { skip: !isRealRoot && 'we are not root' }, async (t) => {
  const enter = fileURLToPath(new URL('../../../test/lab/enter', import.meta.url));
  const file = fileURLToPath(import.meta.url);
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  // Not tap's own environment: it has directories in it that are not nobody's.
  const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn('setpriv', [...nobody, enter, process.execPath, file], {
    stdio: [...stdio],
    env,
  });
  const status = new Promise<number | null>((resolve) => child.on('close', resolve));
  const failed: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    if (/^\s*not ok/.test(line)) failed.push(line);
  });
  const code = await status;
  if (code === 77) t.pass('this kernel has no user namespaces for us');
  else t.strictSame([code, failed], [0, []]);
});
