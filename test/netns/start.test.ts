// Starting in trouble: one line that says what is wrong and what to do, a status of its own, and the host as it was.
// And ending: what was taken over is given back, whatever happened meanwhile.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import type { Status } from '../../src/control/protocol.ts';
import { ExitStatus } from '../../src/daemon/exit-status.ts';
import { sequence } from '../bench/join-latency.ts';
import type { Lab, Program } from '../lab/index.ts';
import { until } from '../lab/index.ts';
import { PATIENCE } from '../lab/until.ts';
import { hasOtherUsers } from '../unit/other-users.ts';
import { makeLab } from './scene.ts';

t.setTimeout(120_000 * PATIENCE);

const compiled = (path: string): string =>
  fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

const directoryOf = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'subflowd-start-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const subflowd = (lab: Lab, words: readonly string[], prefix: readonly string[] = []): Program =>
  lab.client.spawn([...prefix, process.execPath, compiled('daemon/main.js'), ...words]);

const started = async (
  lab: Lab,
  runtime: string,
  words: readonly string[] = [],
): Promise<Program> => {
  const program = subflowd(lab, ['run', '--runtime', runtime, ...words]);
  await until(
    'the daemon is ready',
    () => program.errors.some((line) => line.endsWith(' ready')),
    10_000,
  );
  return program;
};

const status = async (lab: Lab, runtime: string): Promise<Status> => {
  const words = ['status', '--json', '--runtime', runtime];
  return JSON.parse(await lab.client.exec([process.execPath, compiled('cli/main.js'), ...words]));
};

/** All that a daemon which does not start must leave alone. */
const hostAndRuntime = async (lab: Lab, directory: string): Promise<unknown> => ({
  pathManager: await lab.client.pathManager(),
  endpoints: await lab.client.exec(['ip', 'mptcp', 'endpoint', 'show']),
  limits: await lab.client.exec(['ip', 'mptcp', 'limits', 'show']),
  files: readdirSync(directory, { recursive: true }),
});

interface Trouble {
  readonly title: string;
  readonly status: number;
  readonly says: readonly RegExp[];
  /** In the directory, which is the working directory of `sh` and of the daemon. */
  readonly make?: (directory: string) => void;
  /** For `sh`, in a mount namespace of its own. */
  readonly script?: string;
  readonly words?: readonly string[];
  /** Runs the daemon with less than its caller has. */
  readonly prefix?: readonly string[];
}

const RUN = ['run', '--runtime', 'runtime'];
const MPTCP = '/proc/sys/net/mptcp';
const READ_ONLY = 'remount,bind,ro,nosuid,nodev,noexec';
const WITHOUT = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

const TROUBLES: readonly Trouble[] = [
  {
    title: 'MPTCP is switched off',
    script: `echo 0 > ${MPTCP}/enabled`,
    status: ExitStatus.noMptcp,
    says: [/switched off/, /sysctl -w net\.mptcp\.enabled=1/],
  },
  {
    title: 'the kernel has no MPTCP',
    make: (directory) => mkdirSync(join(directory, 'net')),
    script: 'mount --bind net /proc/sys/net',
    status: ExitStatus.noMptcp,
    says: [/no MPTCP/, /CONFIG_MPTCP/],
  },
  {
    title: 'the kernel has no userspace path manager',
    make: (directory) => {
      mkdirSync(join(directory, 'mptcp'));
      writeFileSync(join(directory, 'mptcp/enabled'), '1\n');
    },
    script: `mount --bind mptcp ${MPTCP}`,
    words: [...RUN, '--manager', 'userspace'],
    status: ExitStatus.oldKernel,
    says: [/no userspace path manager/, /Linux 5\.19 or newer/],
  },
  {
    title: 'root without CAP_NET_ADMIN',
    prefix: WITHOUT,
    status: ExitStatus.notPermitted,
    says: [/not permitted|EACCES/, /run as root/],
  },
  {
    title: 'an ordinary user',
    prefix: NOBODY,
    status: ExitStatus.notPermitted,
    says: [/not permitted|EACCES/, /run as root/],
  },
  {
    title: 'the sysctl cannot be written',
    script: `mount --bind ${MPTCP} ${MPTCP} && mount -o ${READ_ONLY} ${MPTCP}`,
    status: ExitStatus.notPermitted,
    says: [/cannot be written \(EROFS\)/, /writable \/proc\/sys/],
  },
  {
    title: 'the policy is not there',
    words: [...RUN, '--policies', 'none.yaml'],
    status: ExitStatus.policy,
    says: [/none\.yaml: no such file/],
  },
  {
    title: 'the policy is no text',
    make: (directory) => writeFileSync(join(directory, 'p.yaml'), Buffer.from([0x00, 0xff])),
    words: [...RUN, '--policies', 'p.yaml'],
    status: ExitStatus.policy,
    says: [/p\.yaml: not a text file/],
  },
  {
    title: 'an unknown verb',
    words: ['runn', '--runtime', 'runtime'],
    status: ExitStatus.usage,
    says: [/unknown command 'runn'/, /Did you mean run\?/, /--help/],
  },
  {
    title: 'an unknown option',
    words: [...RUN, '--polices', 'p.yaml'],
    status: ExitStatus.usage,
    says: [/unknown option '--polices'/, /Did you mean --policies\?/, /--help/],
  },
  {
    title: 'a level of the log that there is not',
    words: [...RUN, '--level', 'loud'],
    status: ExitStatus.usage,
    says: [/'loud' is invalid/, /debug, info, warn, error/],
  },
  {
    title: 'a receive buffer that is no number of bytes',
    words: [...RUN, '--receive-buffer', '4k'],
    status: ExitStatus.usage,
    says: [/'4k' is invalid/, /a whole number of bytes, from 1 to/, /--help/],
  },
  {
    title: 'a receive buffer that no socket option can name',
    words: [...RUN, '--receive-buffer', '2147483648'],
    status: ExitStatus.usage,
    says: [/'2147483648' is invalid/, /from 1 to 2147483647/, /--help/],
  },
  {
    title: 'the runtime directory is a file',
    make: (directory) => writeFileSync(join(directory, 'runtime'), ''),
    status: ExitStatus.runtimeDirectory,
    says: [/runtime cannot be made/, /another directory with --runtime/],
  },
  {
    title: 'the runtime directory is read-only',
    make: (directory) => mkdirSync(join(directory, 'runtime')),
    script: 'mount --bind runtime runtime && mount -o remount,bind,ro,nosuid,nodev runtime',
    status: ExitStatus.runtimeDirectory,
    says: [/EROFS/, /another directory with --runtime/],
  },
  {
    title: 'something else lies where the control socket should',
    make: (directory) => {
      mkdirSync(join(directory, 'runtime'));
      writeFileSync(join(directory, 'runtime/control.sock'), 'mine');
    },
    status: ExitStatus.runtimeDirectory,
    says: [/control\.sock is not a socket: remove it/],
  },
];

/** Runs the daemon in a trouble, to its end. */
const inTrouble = async (lab: Lab, directory: string, trouble: Trouble): Promise<Program> => {
  const { script = 'true', prefix = [], words = RUN } = trouble;
  const shell = `cd "$1" && ${script} && shift && exec "$@"`;
  const program = subflowd(lab, words, [
    ...['unshare', '--mount', 'sh', '-c', shell, 'sh', directory],
    ...prefix,
  ]);
  await until(`it ends: ${trouble.title}`, () => !program.running, 10_000);
  return program;
};

t.test('a daemon that cannot start says why in one line, and changes nothing', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  for (const trouble of TROUBLES) {
    const skip = trouble.prefix === NOBODY && !hasOtherUsers && 'a user namespace of one user';
    await t.test(trouble.title, { skip }, async (t) => {
      const directory = directoryOf(t);
      trouble.make?.(directory);
      const before = await hostAndRuntime(lab, directory);
      const program = await inTrouble(lab, directory, trouble);
      const { code } = await program.exited;
      t.equal(code, trouble.status, 'exit status');
      t.equal(program.errors.length, 1, program.errors.join('\n'));
      for (const words of trouble.says) t.match(program.errors[0], words);
      t.match(program.errors[0], /^subflowd: /);
      t.same(program.lines, [], 'nothing on standard output');
      t.same(await hostAndRuntime(lab, directory), before);
      await lab.client.sysctl('net.mptcp.enabled', 1);
    });
  }
});

t.test('a wrong policy is shown with a caret, and nothing is changed', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const directory = directoryOf(t);
  writeFileSync(join(directory, 'p.yaml'), 'interface: { name: "wlan*" }\nrole: activ\n');
  const before = await hostAndRuntime(lab, directory);
  const words = [...RUN, '--policies', 'p.yaml'];
  const program = await inTrouble(lab, directory, { title: 'typo', words, status: 7, says: [] });
  const { code } = await program.exited;
  t.equal(code, ExitStatus.policy);
  t.match(program.errors.slice(0, 3), [
    /p\.yaml:2:7: .*did you mean "active"/,
    / {2}role: activ/,
    /^ *\^+$/,
  ]);
  t.same(await hostAndRuntime(lab, directory), before);
});

t.test('a second daemon does not start, and the first goes on working', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const directory = directoryOf(t);
  const first = await started(lab, directory);
  const before = await hostAndRuntime(lab, directory);
  const second = subflowd(lab, ['run', '--runtime', directory]);
  await until('the second ends', () => !second.running, 10_000);
  t.equal((await second.exited).code, ExitStatus.alreadyRunning);
  t.match(second.errors, [/another subflowd .* already: it answers at .*: stop that one first/]);
  t.equal(second.errors.length, 1);
  t.same(await hostAndRuntime(lab, directory), before);
  t.equal((await status(lab, directory)).pid, first.pid, 'the first answers');
  t.equal(await sequence(lab, 1, 5_000), 1, 'the first joins');
});

t.test('the receive buffer is what was asked for', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const directory = directoryOf(t);
  const program = await started(lab, directory, ['--receive-buffer', '20000']);
  const words = 'ss --family netlink --memory --numeric --oneline --no-header'.split(' ');
  const lines = (await lab.client.exec(words)).split('\n');
  // The port of a netlink socket is its process's id, where no other socket has that.
  const sockets = lines.filter((line) => /:(\d+)\s/.exec(line)?.[1] === String(program.pid));
  const granted = sockets.map((line) => /skmem:\(r\d+,rb(\d+)/.exec(line)?.[1]);
  // The kernel counts double: socket(7).
  t.ok(granted.length >= 3, 'rtnetlink, sock_diag, mptcp_pm');
  t.same(new Set(granted), new Set(['40000']));
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal} gives back what the daemon took over`, async (t) => {
    const lab = await makeLab(t, { families: ['ipv4'] });
    const directory = directoryOf(t);
    const before = await lab.client.pathManager();
    const program = await started(lab, directory);
    t.equal(await lab.client.pathManager(), 'userspace');
    t.same(await program.stop(signal, 10_000), { code: 0, signal: null });
    t.equal(await lab.client.pathManager(), before);
    t.notOk(existsSync(join(directory, 'control.sock')), 'the control socket is gone');
  });
}

t.test('a signal during the start is no less clean', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const before = await lab.client.pathManager();
  const program = subflowd(lab, ['run', '--runtime', directoryOf(t)]);
  await until(
    'it takes over',
    async () => (await lab.client.pathManager()) === 'userspace',
    10_000,
  );
  t.same(await program.stop('SIGTERM', 10_000), { code: 0, signal: null });
  t.equal(await lab.client.pathManager(), before);
});

t.test('further signals do not keep it from giving back', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const directory = directoryOf(t);
  const before = await lab.client.pathManager();
  const program = await started(lab, directory);
  // The last of them may find it with everything done, and end it: its exit status says nothing here.
  while (program.running) {
    program.kill('SIGTERM');
    await turn();
  }
  t.equal(await lab.client.pathManager(), before);
  t.same(readdirSync(directory), ['journal'], 'it has left what the next one needs, no more');
});

t.test('a path manager that somebody chose meanwhile stands', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  await lab.client.pathManager('userspace');
  const program = await started(lab, directoryOf(t));
  await lab.client.pathManager('kernel');
  t.equal((await program.stop('SIGTERM', 10_000)).code, 0);
  t.equal(await lab.client.pathManager(), 'kernel');
});

t.test('where the sysctl is as it should be it need not be writable', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  await lab.client.pathManager('userspace');
  const script = `mount --bind ${MPTCP} ${MPTCP} && mount -o ${READ_ONLY} ${MPTCP} && exec "$@"`;
  const runtime = ['run', '--runtime', directoryOf(t)];
  const program = subflowd(lab, runtime, ['unshare', '--mount', 'sh', '-c', script, 'sh']);
  await until('it is ready', () => program.errors.some((line) => line.endsWith(' ready')), 10_000);
  t.same(await program.stop('SIGTERM', 10_000), { code: 0, signal: null });
  t.equal(await lab.client.pathManager(), 'userspace');
});

t.test(
  'after kill -9 the next start works, and its end gives back what was there before',
  async (t) => {
    const lab = await makeLab(t, { families: ['ipv4'] });
    const directory = directoryOf(t);
    const before = await lab.client.pathManager();
    const first = await started(lab, directory);
    t.equal((await first.stop('SIGKILL')).signal, 'SIGKILL');
    t.ok(existsSync(join(directory, 'control.sock')), 'a stale socket');
    const second = await started(lab, directory);
    t.equal((await status(lab, directory)).pid, second.pid);
    t.equal(await sequence(lab, 1, 5_000), 1, 'it joins');
    t.same(await second.stop('SIGTERM', 10_000), { code: 0, signal: null });
    t.equal(await lab.client.pathManager(), before);
    t.same(readdirSync(directory), ['journal']);
  },
);

t.test('where nothing can be left for the next start, the end is clean all the same', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const directory = directoryOf(t);
  mkdirSync(join(directory, 'journal'));
  const before = await lab.client.pathManager();
  const program = await started(lab, directory);
  t.same(await program.stop('SIGTERM', 10_000), { code: 0, signal: null });
  const warnings = program.errors.filter((line) => / (warn|error) /.test(line));
  t.match(warnings[0], /nothing is known from before: EISDIR/);
  t.match(warnings[1], /after a crash nobody would know what to restore: EISDIR/);
  t.equal(await lab.client.pathManager(), before);
});

t.test('a runtime directory that is full is said once, and the work goes on', async (t) => {
  const lab = await makeLab(t, { families: ['ipv4'] });
  const before = await lab.client.pathManager();
  const runtime = directoryOf(t);
  // Full to the last page: there is room for the names of files, and for nothing in them.
  const script = `mount -t tmpfs -o size=64k tmpfs "$0" && { cat /dev/zero > "$0/full" || :; } 2>/dev/null && exec "$@"`;
  const prefix = ['unshare', '--mount', 'sh', '-c', script, runtime];
  const program = subflowd(lab, ['run', '--runtime', runtime], prefix);
  const isReady = () => program.errors.some((line) => line.endsWith(' ready'));
  await until('it is ready', isReady, 10_000);
  t.equal(await sequence(lab, 5, 5_000), 5, 'it joins');
  t.same(await program.stop('SIGTERM', 10_000), { code: 0, signal: null });
  const warnings = program.errors.filter((line) => / (warn|error) /.test(line));
  t.match(warnings[0], /after a crash nobody would know what to restore: ENOSPC/);
  t.match(warnings[1], /the next start will know less: ENOSPC/);
  t.ok(warnings.length <= 3, `${warnings.length} lines`);
  t.equal(await lab.client.pathManager(), before, 'and gives back');
});
