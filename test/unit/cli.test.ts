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
  t.equal(formatStatus(busy, plain), ``);
});

t.test('a status with nothing in it says what to do', async (t) => {
  t.equal(formatStatus(quiet, plain), ``);
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
  for (const [words, stderr] of cases) {
    t.same(await subflowctl(...words), { stdout: '', stderr, code: 2 }, words.join(' '));
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
