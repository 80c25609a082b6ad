import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { findSocket, makeRuntimeDirectory } from '../../src/control/index.ts';
import { type Surroundings, surroundings } from '../../src/control/runtime-directory.ts';
import { shortDirectory } from './control-directory.ts';

const uid = process.geteuid?.() ?? 0;

const around = (t: Test, differs: Partial<Surroundings> = {}) => {
  const root = t.testdir({ run: {}, tmp: {}, user: {} });
  const here = {
    uid: uid + 1,
    env: {},
    namespace: 7,
    run: join(root, 'run'),
    tmp: join(root, 'tmp'),
  };
  return { root, here: { ...here, ...differs } };
};

t.test('root’s directory is in /run, by the namespace’s inode', async (t) => {
  const { root, here } = around(t, { uid: 0 });
  t.equal(makeRuntimeDirectory(undefined, here), `${root}/run/subflowd/7`);
  t.equal(lstatSync(`${root}/run/subflowd/7`).mode & 0o777, 0o755);
  t.match(surroundings().namespace, Number);
});

t.test('--runtime overrides everything', async (t) => {
  const { root, here } = around(t);
  t.equal(makeRuntimeDirectory(`${root}/a/b`, here), `${root}/a/b`);
  t.ok(lstatSync(`${root}/a/b`).isDirectory());
  t.equal(findSocket('/x', here), '/x/control.sock');
});

t.test('a user’s is in XDG_RUNTIME_DIR, where that is the user’s own', async (t) => {
  const { root, here } = around(t, { uid });
  const env = { XDG_RUNTIME_DIR: join(root, 'user') };
  if (uid !== 0)
    t.equal(makeRuntimeDirectory(undefined, { ...here, env }), `${root}/user/subflowd/7`);
  const other = { ...here, uid: uid + 1, env };
  t.throws(() => makeRuntimeDirectory(undefined, other), {
    message: /^.*tmp\/subflowd-.* belongs/,
  });
  t.equal(lstatSync(`${root}/tmp/subflowd-${uid + 1}`).mode & 0o777, 0o700);
});

t.test('a service’s is what systemd made for it', async (t) => {
  const { root, here } = around(t);
  const env = { RUNTIME_DIRECTORY: join(root, 'run/subflowd') };
  t.equal(makeRuntimeDirectory(undefined, { ...here, env }), `${root}/run/subflowd/7`);
});

t.test('in /tmp only what is ours alone is trusted', async (t) => {
  const { root, here } = around(t);
  const path = join(root, 'tmp', `subflowd-${uid + 1}`);
  mkdirSync(path);
  const refused = (message: RegExp) =>
    t.throws(() => makeRuntimeDirectory(undefined, here), {
      failure: 'unusable-directory',
      message,
    });
  refused(/belongs to somebody else: choose another directory with --runtime$/);
  if (uid === 0) return;
  chmodSync(path, 0o755);
  refused(/is open to others/);
});

t.test('a link in /tmp is not followed', async (t) => {
  const { root, here } = around(t);
  symlinkSync(join(root, 'user'), join(root, 'tmp', `subflowd-${uid + 1}`));
  t.throws(() => makeRuntimeDirectory(undefined, here), { message: /is not a directory/ });
});

t.test('who asks finds root’s daemon first, then the own one', async (t) => {
  const root = shortDirectory(t);
  const here = {
    uid,
    env: { RUNTIME_DIRECTORY: `${root}/own` },
    namespace: 7,
    run: `${root}/run`,
    tmp: root,
  };
  const [system, own] = [`${root}/run/subflowd/7/control.sock`, `${root}/own/7/control.sock`];
  t.equal(findSocket(undefined, here), system, 'to say where one would be');
  for (const path of [own, system]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    t.equal(findSocket(undefined, here), path);
  }
});
