// A network namespace for one test file, with a loopback device and the userspace path manager.

import { execFileSync } from 'node:child_process';
import t from 'tap';
import { pathManagerSysctl } from '../lab/index.ts';

/** Why the tests that need a namespace cannot run here; false where they can. */
export const cannotRun: string | false =
  process.getuid?.() === 0 ? false : 'needs root: run it inside `unshare -Urnm`';

let made = 0;

/** Makes one, which is gone when the test file ends, however it ends. Returns its path. */
export const ownNamespace = (): string => {
  made += 1;
  const name = `subflowd-${process.pid}-native${made}`;
  execFileSync('ip', ['netns', 'add', name]);
  let exists = true;
  const remove = () => {
    if (exists) execFileSync('ip', ['netns', 'delete', name]);
    exists = false;
  };
  t.teardown(remove);
  process.once('exit', remove);
  const inside = (...command: string[]) =>
    execFileSync('ip', ['netns', 'exec', name, ...command], { stdio: 'pipe' });
  inside('ip', 'link', 'set', 'lo', 'up');
  inside('ip', 'address', 'add', '10.7.0.1/24', 'dev', 'lo');
  inside('ip', '-6', 'address', 'add', '2001:db8::1/64', 'dev', 'lo', 'nodad');
  inside('sysctl', '-qw', pathManagerSysctl('userspace').join('='));
  return `/run/netns/${name}`;
};
