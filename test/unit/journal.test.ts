// The journal: whole or not believed, bounded, and back on its feet after a full disk.

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { Controller } from '../../src/daemon/controller.ts';
import { Journal, type JournalIdentity } from '../../src/daemon/journal.ts';
import { Ledger } from '../../src/daemon/ledger.ts';
import { NO_HERITAGE, type RememberedConnection } from '../../src/engine/memory.ts';
import { intentOf, parsePolicy } from '../../src/policy/index.ts';
import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { VirtualClock } from '../scenarios/virtual-clock.ts';
import type { FullDisk } from './full-disk.ts';

const HERE: JournalIdentity = { boot: 'a boot', namespace: 1 };

const directoryOf = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'subflowd-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return directory;
};

const found = (directory: string, identity = HERE) => {
  const journal = new Journal(directory, identity);
  return { values: Object.fromEntries(journal.found), problem: journal.problem };
};

const filled = (directory: string): string => {
  const journal = new Journal(directory, HERE);
  journal.stage('a', 1);
  journal.write();
  journal.stage('b', 'ü\n\u{1f600}');
  journal.stage('c', [null]);
  journal.write();
  journal.stage('a', undefined);
  journal.stage('b', { text: 'ü\n\u{1f600}' });
  journal.write();
  journal.close();
  return join(directory, 'journal');
};

const CONTENT = { b: { text: 'ü\n\u{1f600}' }, c: [null] };

t.test('what was written is found, without a clean end', async (t) => {
  const directory = directoryOf(t);
  t.same(found(directory), { values: {}, problem: undefined }, 'a first start');
  filled(directory);
  t.same(found(directory), { values: CONTENT, problem: undefined });
  t.equal(statSync(join(directory, 'journal')).mode & 0o777, 0o600, 'tokens are nobody’s business');
});

t.test('a last line that was not finished is left out', async (t) => {
  const directory = directoryOf(t);
  const path = filled(directory);
  const whole = readFileSync(path);
  const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
  const results = new Set<string>();
  for (let length = lastLine; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    results.add(JSON.stringify(found(directory)));
  }
  const before = { values: { ...CONTENT, b: 'ü\n\u{1f600}' } };
  t.same(
    [...results].map((text) => JSON.parse(text)),
    [before],
    `after any of ${whole.length - lastLine} bytes`,
  );
});

t.test('every other damage makes it worthless, and is named', async (t) => {
  const directory = directoryOf(t);
  const path = filled(directory);
  const whole = readFileSync(path);
  const lines = whole.toString('latin1').split('\n').length - 1;
  let damaged = 0;
  for (let at = 0; at < whole.length - 1; at++) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { values, problem } = found(directory);
    if (Object.keys(values).length === 0 && /is damaged in line \d/.test(problem ?? '')) damaged++;
  }
  t.equal(damaged, whole.length - 1, `each of ${whole.length - 1} bytes of ${lines} lines`);
  for (const text of ['\n', '{}\n', '00000000 []\n', `${whole}\0\0\0\n`]) {
    writeFileSync(path, text);
    t.match(found(directory).problem, /is damaged in line/, JSON.stringify(text.slice(0, 20)));
  }
});

t.test('that of another boot or namespace is foreign', async (t) => {
  const directory = directoryOf(t);
  filled(directory);
  for (const identity of [
    { ...HERE, boot: 'another' },
    { ...HERE, namespace: 2 },
  ]) {
    const { values, problem } = found(directory, identity);
    t.same(values, {});
    t.match(problem, /is of another boot, namespace or version/);
  }
});

t.test('what is ignored is written over, and then believed', async (t) => {
  const directory = directoryOf(t);
  appendFileSync(filled(directory), 'damage\n');
  const journal = new Journal(directory, HERE);
  journal.stage('d', 4);
  journal.write();
  t.same(found(directory), { values: { d: 4 }, problem: undefined });
});

t.test('a value that changes a hundred thousand times takes no more room', async (t) => {
  const directory = directoryOf(t);
  const journal = new Journal(directory, HERE);
  let largest = 0;
  for (let count = 0; count < 100_000; count++) {
    journal.stage('counted', { count, text: 'x'.repeat(50) });
    if (count % 10 === 0) journal.write();
    if (count % 1_000 === 0) largest = Math.max(largest, statSync(join(directory, 'journal')).size);
  }
  journal.write();
  t.ok(largest < 1 << 20, `${largest} bytes at most`);
  t.match(found(directory).values, { counted: { count: 99_999 } });
});

t.test('what does not fit is forgotten, and no older value of it is left', async (t) => {
  const directory = directoryOf(t);
  const journal = new Journal(directory, HERE);
  const mebibyte = 'x'.repeat(1 << 20);
  for (let index = 0; index < 20; index++) journal.stage(`k${index}`, mebibyte);
  journal.stage('k0', `${mebibyte}${mebibyte}`);
  journal.write();
  const { values, problem } = found(directory);
  t.equal(problem, undefined);
  t.notOk('k0' in values, 'its newer value had no room');
  journal.keep('vital', mebibyte);
  t.equal(found(directory).values['vital'], mebibyte, 'what must be kept always fits');
  t.ok(Object.keys(values).length >= 5 && Object.keys(values).length < 10);
  t.ok(statSync(join(directory, 'journal')).size < 10 << 20);
});

t.test('a full file system is survived, and the journal is whole afterwards', async (t) => {
  const program = fileURLToPath(new URL('full-disk.js', import.meta.url));
  const script = 'mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" "$3" "$1"';
  const inside = ['sh', '-c', script, 'sh', directoryOf(t), process.execPath, program];
  const privileges = process.geteuid?.() === 0 ? [] : ['--map-root-user'];
  const printed = execFileSync('unshare', ['--mount', ...privileges, ...inside], {
    encoding: 'utf8',
  });
  const { refused, afterwards } = JSON.parse(printed) as FullDisk;
  const kept = { values: { kept: 1 } };
  t.same(refused, Array(3).fill({ code: 'ENOSPC', found: kept }), 'what was there is there');
  t.same(afterwards, { values: { kept: 1, 'large 0': 20_000 } });
});

const CONNECTION: RememberedConnection = {
  token: 7,
  local: { address: '10.0.1.1', port: 40_000 },
  remote: { address: '10.0.9.1', port: 443 },
  serverSide: undefined,
  denyJoinId0: true,
  remotes: [{ id: 3, at: { address: '10.0.9.2', port: 443 } }],
  announced: ['10.0.1.1:5000'],
  localIds: undefined,
  failures: [
    {
      goal: 'join',
      failures: 2,
      retryAt: 5,
      problem: { code: 'EINVAL', errno: 22 },
      join: undefined,
    },
  ],
};

t.test('the ledger gives back what it was given', async (t) => {
  const directory = directoryOf(t);
  const ours = {
    endpoints: [{ id: 33, address: '10.0.1.1', flags: 2, ifindex: 2 }],
    limitsBefore: { subflows: 2, addAddrAccepted: 0 },
  };
  const first = new Ledger(new Journal(directory, HERE));
  t.same(first.heritage, NO_HERITAGE);
  first.keepPathManager('kernel');
  first.keepEndpoints(ours);
  first.noteConnection(7, CONNECTION);
  first.noteConnection(8, { ...CONNECTION, token: 8 });
  first.notePaths({
    usable: ['10.0.2.1'],
    settling: new Map([['10.0.1.1', Number.POSITIVE_INFINITY]]),
  });
  first.write();
  first.noteConnection(8, undefined);
  first.write();
  const second = new Ledger(new Journal(directory, HERE));
  t.equal(second.problem, undefined);
  t.equal(second.pathManagerBefore, 'kernel');
  t.strictSame(
    JSON.parse(JSON.stringify(second.heritage.connections)),
    JSON.parse(JSON.stringify([CONNECTION])),
  );
  t.same(second.heritage.ours, ours);
  t.same(second.heritage.paths.usable, ['10.0.2.1']);
  t.same([...second.heritage.paths.settling], [['10.0.1.1', Number.POSITIVE_INFINITY]]);
});

t.test('a ledger with values that are none is not believed, and not written on', async (t) => {
  const directory = directoryOf(t);
  const journal = new Journal(directory, HERE);
  journal.stage('connection 7', { ...CONNECTION, remotes: 'none' });
  journal.stage('endpoints', NO_HERITAGE.ours);
  journal.write();
  const ledger = new Ledger(new Journal(directory, HERE));
  t.match(ledger.problem, /values/);
  t.same(ledger.heritage, NO_HERITAGE);
  ledger.write();
  t.same(found(directory), { values: {}, problem: undefined });
});

t.test('connections that ended while no daemon ran are forgotten', async (t) => {
  const directory = directoryOf(t);
  const before = new Ledger(new Journal(directory, HERE));
  before.noteConnection(7, CONNECTION);
  before.noteConnection(8, { ...CONNECTION, token: 8 });
  before.write();
  const kernel = new ScriptedKernel();
  kernel.open({ token: 8, local: CONNECTION.local, remote: CONNECTION.remote });
  const keeper = new Ledger(new Journal(directory, HERE));
  const policy = parsePolicy([]);
  const controller = new Controller({
    ...{ kernel, keeper, clock: new VirtualClock(), manager: 'userspace', random: () => 0 },
    intentOf: (interfaces) => intentOf(policy, interfaces),
    reporter: { events() {}, decisions() {}, resynced() {}, notice() {}, problem() {} },
  });
  await controller.start(keeper.heritage);
  controller.close();
  const left = Object.keys(found(directory).values).filter((key) => key.startsWith('connection'));
  t.same(left, ['connection 8']);
});
