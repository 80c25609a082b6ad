// A kernel without MPTCP: the daemon says so, and ends with the status for it. `make kernels` has such a one.

import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { ExitStatus } from '../../src/daemon/exit-status.ts';
import { Program } from '../lab/program.ts';
import { PATIENCE } from '../lab/until.ts';

t.setTimeout(60_000 * PATIENCE);

const skip = existsSync('/proc/sys/net/mptcp') && 'this kernel has MPTCP';
const main = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

for (const manager of ['auto', 'userspace', 'kernel']) {
  t.test(`subflowd run --manager ${manager} does not start`, { skip }, async (t) => {
    const words = ['run', '--manager', manager, '--runtime', tmpdir()];
    const program = new Program('subflowd', [process.execPath, main('daemon/main.js'), ...words]);
    t.equal((await program.exited).code, ExitStatus.noMptcp);
    t.same(program.errors, [
      'subflowd: this kernel has no MPTCP (no /proc/sys/net/mptcp): boot one built with CONFIG_MPTCP, such as that of Debian 12 or newer',
    ]);
    t.same(program.lines, []);
  });
}

t.test('subflowctl capabilities has it too', { skip }, async (t) => {
  const argv = [process.execPath, main('cli/main.js'), 'capabilities', '--json'];
  const program = new Program('subflowctl', argv);
  await program.exited;
  const capabilities = JSON.parse(program.lines.join('')) as Record<string, { has: string }>;
  t.equal(capabilities['subflow-create']?.has, 'no', program.errors.join());
  t.equal(capabilities['diag']?.has, 'no');
});
