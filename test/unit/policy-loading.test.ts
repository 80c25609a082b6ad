import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadPolicies, PolicyError } from '../../src/policy/index.ts';
import { MAX_BYTES } from '../../src/policy/read-policy-file.ts';
import { hasOtherUsers } from './other-users.ts';

const document = (name: string, role = 'active'): string =>
  `interface: { name: ${name} }\nrole: ${role}\n`;

const sources = (paths: readonly string[], defaults?: readonly string[]): string[] =>
  loadPolicies(paths, defaults).rules.map(({ source, role }) => `${source} ${role}`);

const complaint = (t: Test, paths: readonly string[], defaults?: readonly string[]): string => {
  try {
    loadPolicies(paths, defaults);
  } catch (error) {
    t.type(error, PolicyError);
    return (error as PolicyError).message;
  }
  return 'no complaint';
};

t.test('a directory gives its *.yaml in lexical order', async (t) => {
  const directory = t.testdir({
    '20-b.yaml': document('b'),
    '10-a.yaml': document('a', 'backup'),
    '.#10-a.yaml': t.fixture('symlink', 'user@host.1234'),
    '.hidden.yaml': 'nonsense',
    'readme.txt': 'nonsense',
  });
  t.same(sources([directory]), ['10-a.yaml:1 backup', '20-b.yaml:1 active']);
});

t.test('named paths keep their order, and a file may have any name', async (t) => {
  const directory = t.testdir({ 'b.conf': document('b'), 'a.yaml': document('a', 'off') });
  const paths = ['b.conf', 'a.yaml'].map((name) => join(directory, name));
  t.same(sources(paths), ['b.conf:1 active', 'a.yaml:1 off']);
});

t.test('without paths the administrator’s files hide those of packages', async (t) => {
  const directory = t.testdir({
    etc: { 'b.yaml': document('b', 'off'), 'c.yaml': '' },
    lib: { 'a.yaml': document('a'), 'b.yaml': document('b'), 'c.yaml': document('c') },
  });
  const defaults = [join(directory, 'etc'), join(directory, 'lib')];
  t.same(sources([], defaults), ['a.yaml:1 active', 'b.yaml:1 off']);
  t.same(sources([], [join(directory, 'missing'), join(directory, 'lib')]).length, 3);
  t.same(sources([], [join(directory, 'missing')]), ['built-in default active']);
});

t.test('what is not a policy file is named, and all of it at once', async (t) => {
  const directory = t.testdir({
    'bad.yaml': 'role: activ\n',
    'binary.yaml': Buffer.from([0x61, 0]),
    'dangling.yaml': t.fixture('symlink', 'nowhere'),
    'directory.yaml': {},
    'latin.yaml': Buffer.from('# caf\xe9\n', 'latin1'),
    'large.yaml': ' '.repeat(MAX_BYTES + 1),
    'loop.yaml': t.fixture('symlink', 'loop.yaml'),
  });
  execFileSync('mkfifo', [join(directory, 'fifo.yaml')]);
  symlinkSync('/dev/zero', join(directory, 'zero.yaml'));
  const lines = complaint(t, [directory]).replaceAll(`${directory}/`, '').split('\n');
  for (const expected of [
    'bad.yaml:1:7: role cannot be "activ": did you mean "active"?',
    'binary.yaml: not a text file: it has a NUL byte in it',
    'dangling.yaml: no such file or directory',
    'directory.yaml: a directory: expected a policy file',
    'fifo.yaml: not a regular file',
    'latin.yaml: not encoded in UTF-8',
    'large.yaml: larger than 64 KiB, which no policy needs',
    'loop.yaml: too many links, one after the other',
    'zero.yaml: not a regular file',
  ]) {
    t.ok(lines.includes(expected), expected);
  }
});

t.test('a named path must be there and be a file', async (t) => {
  const directory = t.testdir();
  t.equal(complaint(t, [join(directory, 'x')]), `${directory}/x: no such file or directory`);
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  t.equal(complaint(t, [fifo]), `${fifo}: not a regular file`);
});

t.test('a file of the greatest size is read', async (t) => {
  const text = document('a');
  const directory = t.testdir({ 'a.yaml': text + '#'.repeat(MAX_BYTES - text.length) });
  t.same(sources([directory]), ['a.yaml:1 active']);
});

const isAlone = process.geteuid?.() === 0 && !hasOtherUsers;

t.test('what may not be read says so', { skip: isAlone && 'no other user' }, async (t) => {
  const directory = t.testdir({ 'a.yaml': document('a') });
  chmodSync(join(directory, 'a.yaml'), 0);
  mkdirSync(join(directory, 'closed'), { mode: 0 });
  asNobody(() => {
    t.equal(complaint(t, [directory]), `${directory}/a.yaml: permission denied`);
    t.equal(
      complaint(t, [], [join(directory, 'closed')]),
      `${directory}/closed: permission denied`,
    );
  });
});

/** Root may read everything. */
const asNobody = (callback: () => void): void => {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    callback();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
};
