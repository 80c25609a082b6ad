// How `make kernels` reads what a guest said.

import t from 'tap';
import { complaintsOf } from '../kernels/kernel-log.ts';
import { countTap, failures } from '../kernels/tap.ts';

const OUTPUT = `# kernel 6.1.0 #1 SMP Debian 6.1.192-1
TAP version 14
# Subtest: one
    ok 1 - inner
    not ok 2 - wrong
      ---
      at:
        fileName: x.ts
      ...
    1..2
    # failed 1 of 2 tests
not ok 1 - one # time=3ms

# Subtest: two
    ok 1 - inner
    1..1
ok 2 - two # time=3ms

ok 3 - three # SKIP no such device
not ok 4 - four # SKIP neither
1..4
# status 1
`;

t.test('tests are counted, not what they are made of', async (t) => {
  t.same(countTap(OUTPUT), { passed: 1, failed: 1, skipped: 2 });
  t.same(countTap(''), { passed: 0, failed: 0, skipped: 0 });
});

t.test('a failure is shown with what tap says of it', async (t) => {
  t.match(
    failures(OUTPUT).join('\n'),
    /not ok 2 - wrong\n +---\n +at:\n +fileName: x.ts\n +\.\.\.\n/,
  );
});

t.test("a kernel's complaints are found, its chatter is not", async (t) => {
  const log = [
    '[    0.000000] Linux version 6.1.0',
    '[    1.000000] x86/cpu: SGX disabled by BIOS.',
    '[    2.000000] WARNING: CPU: 0 PID: 1 at net/mptcp/protocol.c:700 mptcp_close+0x1/0x2\r',
    '[    2.000001] RIP: 0010:mptcp_close+0x1/0x2',
    '[    3.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008',
  ].join('\n');
  const found = complaintsOf(log);
  t.equal(found.length, 2);
  t.match(found[0], /WARNING.*\n.*RIP: /);
  t.match(found[1], /^.*BUG: kernel NULL/);
  const recent =
    '[  4.0] WARNING: net/mptcp/subflow.c:7 at subflow_ulp_init+0x1/0x2, CPU#0: node/99';
  t.equal(complaintsOf(recent).length, 1);
  const busyHost = '[  5.0] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [node:99]';
  t.same(complaintsOf(busyHost), []);
  t.same(complaintsOf('[    1.0] Spectre V2 : WARNING: Unprivileged eBPF is enabled'), []);
  t.same(complaintsOf('[    1.0] DEBUG: all is well\n[    1.1] bad BUG report'), []);
});
