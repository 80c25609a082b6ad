import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { formatStatus } from '../../src/cli/format-status.ts';
import { painterFor, plain } from '../../src/cli/paint.ts';
import { formatTable } from '../../src/cli/table.ts';
import { ControlServer, type Status, socketPath } from '../../src/control/index.ts';
import { version } from '../../src/version.ts';
import { shortDirectory } from './control-directory.ts';
import { busy, quiet } from './control-status.ts';

const program = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const subflowctl = async (...words: readonly string[]) => {
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code };
};

const daemon = async (t: Test, status: Status): Promise<string> => {
  const runtime = shortDirectory(t);
  const handlers = { status: () => status };
  const server = await ControlServer.listen({ path: socketPath(runtime), handlers });
  t.teardown(() => server.close());
  return runtime;
};

t.test('a status with everything in it', async (t) => {
  t.equal(
    formatStatus(busy, plain),
    `subflowd 0.1.0, pid 1234, decides since 2026-11-25T03:25:31.000Z (userspace path manager)

POLICY          MATCHES      ROLE    NOW
laptop.yaml:6   wlan*, wlp*  active  wlan0
laptop.yaml:12  wwan*        backup  wwan0
laptop.yaml:20  tun*         off     none yet
the policy files have changed, and are not in force:
laptop.yaml:6:7: role cannot be "activ": did you mean "active"?

INTERFACE  ROLE    STATE       ADDRESS
lo         -       foreign     127.0.0.1
wlan0      active  usable      10.0.1.2
                   unwanted    fe80::1234:5678:9abc:def0 has scope link, the policy wants scope global
wwan0      backup  lost        10.0.2.2 (wwan0 has no carrier)
tun�[2J    off     no address

CONNECTION  SIDE    INTERFACE  ROLE    STATE             IDS   LOCAL                                           REMOTE
0x3c6937e5  client  wlan0      active  established       0/0   10.0.1.2:40000                                  10.9.0.1:443
                    wwan0      backup  syn-sent, backup  32/3  [2001:db8:1111:2222:3333:4444:5555:6666]:40001  [2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443
  waiting: join 10.0.2.2 → id 0: failed 2 times (ECONNREFUSED), again in 4 s
  waiting: announce 10.0.1.2: under way
0x00000001  ?       -          -       no subflow        -     10.0.1.2:22                                     10.7.0.1:50000
  belongs to the in-kernel path manager: left as it is

joins at 10.0.2.2:5000: listened for
joins at [2001:db8::1]:5000: another program listens there
waiting: listen 10.0.2.2:80: failed once (EACCES), again in 1 s

events 12, lost 0
`,
  );
});

t.test('a status with nothing in it says what to do', async (t) => {
  t.equal(
    formatStatus(quiet, plain),
    `subflowd 0.1.0, pid 1234, decides since 2026-11-25T03:25:31.000Z (userspace path manager)

POLICY        MATCHES  ROLE    NOW
modem.yaml:4  wwan*    active  none yet

policy modem.yaml:4 (wwan*) matches no interface yet: "ip link" shows what there is
no MPTCP connections yet: programs open them, such as "curl --mptcp" from version 8.9 on

events 0
`,
  );
});

t.test('subflowctl status', async (t) => {
  const runtime = await daemon(t, busy);
  t.same(await subflowctl('status', '--runtime', runtime), {
    stdout: formatStatus(busy, plain),
    stderr: '',
    code: 0,
  });
  const { stdout, code } = await subflowctl('--runtime', runtime, 'status', '--json');
  t.same([JSON.parse(stdout), code], [busy, 0]);
});

t.test('a daemon of another version', async (t) => {
  const runtime = await daemon(t, { ...busy, protocol: 2 } as unknown as Status);
  const { stderr, code } = await subflowctl('status', '--runtime', runtime);
  t.equal(code, 1);
  t.match(stderr, /^subflowctl: subflowd 0\.1\.0 cannot be understood by .*\n$/);
});

t.test('failures are one line and say what to do', async (t) => {
  t.same(await subflowctl('status', '--runtime', '/nowhere'), {
    stdout: '',
    stderr:
      'subflowctl: no subflowd runs in this network namespace (nothing answers at /nowhere/control.sock): start it with "subflowd run"\n',
    code: 1,
  });
  const cases: [words: string[], stderr: string][] = [
    [['statu'], "subflowctl: unknown command 'statu' (Did you mean status?)\n"],
    [['status', '--jsn'], "subflowctl: unknown option '--jsn' (Did you mean --json?)\n"],
    [['status', '--runtime'], "subflowctl: option '--runtime <directory>' argument missing\n"],
    [
      ['status', 'x'],
      "subflowctl: too many arguments for 'status'. Expected 0 arguments but got 1.\n",
    ],
  ];
  const results = await Promise.all(cases.map(([words]) => subflowctl(...words)));
  for (const [index, [words, stderr]] of cases.entries()) {
    t.same(results[index], { stdout: '', stderr, code: 2 }, words.join(' '));
  }
});

t.test('--version and --help', async (t) => {
  t.same(await subflowctl('--version'), { stdout: `${version}\n`, stderr: '', code: 0 });
  const { stdout, code } = await subflowctl('--help');
  t.match(stdout, /^Usage: subflowctl \[options\] \[command\]/);
  t.equal(code, 0);
  const bare = await subflowctl();
  t.match(bare, { stdout: '', stderr: /^Usage:/, code: 2 });
});

t.test('colours only where somebody looks at them', async (t) => {
  const paint = (isTTY: boolean, env: Record<string, string>) =>
    painterFor({ isTTY }, env)('red', 'x');
  t.equal(paint(true, {}), '\u001b[31mx\u001b[39m');
  t.equal(paint(false, {}), 'x');
  t.equal(paint(true, { NO_COLOR: '1' }), 'x');
  t.equal(paint(true, { TERM: 'dumb' }), 'x');
});

t.test('colours do not move columns', async (t) => {
  const rows = [[{ text: 'a', style: 'red' as const }, 'b']];
  const paint = painterFor({ isTTY: true }, {});
  t.same(formatTable(['AAA', 'B'], rows, paint).at(1), '\u001b[31ma\u001b[39m    b');
});
