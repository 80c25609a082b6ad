// The small parts of the engine; what they do together is in test/scenarios.

import t from 'tap';
import { adoptLocalId, freeLocalId } from '../../src/engine/address-ids.ts';
import { beginAttempt, failed, mayTry, reached } from '../../src/engine/attempts.ts';
import { createConnection } from '../../src/engine/state.ts';
import { formatCommand, formatRefusal } from '../../src/model/format-command.ts';

const connection = () =>
  createConnection({
    token: 0x1a2b,
    family: 'ipv4',
    local: { address: '10.0.1.1', port: 40_000 },
    remote: { address: '10.0.9.1', port: 443 },
  });

const REFUSED = { code: 'ECONNREFUSED', errno: 111 };

t.test('a goal that fails is tried after 1, 2, 4 … and at most 60 s', async (t) => {
  const attempt = beginAttempt(connection(), 'join', 0);
  t.notOk(mayTry(attempt, 0), 'not while it is under way');
  const waits = Array.from({ length: 8 }, () => {
    failed(attempt, REFUSED, 1_000);
    return (attempt.retryAt - 1_000) / 1_000;
  });
  t.same(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
  t.notOk(mayTry(attempt, 60_999));
  t.ok(mayTry(attempt, 61_000));
  t.equal(attempt.problem, REFUSED);
});

t.test('what held for a while and then ended begins anew', async (t) => {
  const attempt = beginAttempt(connection(), 'join', 0);
  failed(attempt, REFUSED, 0);
  failed(attempt, REFUSED, 0);
  reached(attempt, 5_000);
  failed(attempt, REFUSED, 6_000);
  t.equal(attempt.failures, 3, 'after a second it is the same story');
  reached(attempt, 7_000);
  failed(attempt, REFUSED, 60_000);
  t.equal(attempt.failures, 1);
});

t.test('ids begin at 32 and are given once', async (t) => {
  const one = connection();
  t.equal(freeLocalId(one), 32);
  adoptLocalId(one, '10.0.2.1', 32);
  t.equal(freeLocalId(one), 33);
  t.equal(freeLocalId(one, [33, 34]), 35);
  for (let id = 33; id <= 255; id++) adoptLocalId(one, String(id), id);
  t.equal(freeLocalId(one), undefined);
});

t.test('commands read like sentences', async (t) => {
  const token = 0x1a2b;
  const local = { address: '10.0.2.1', port: 0 };
  const remote = { address: '2001:db8::1', port: 443 };
  t.equal(
    formatCommand({
      ...{ kind: 'subflow-create', token, local, localId: 32, remote, ifindex: 3, backup: true },
    }),
    'subflow-create 0x00001a2b 10.0.2.1 id 32 dev 3 backup → [2001:db8::1]:443',
  );
  t.equal(formatCommand({ kind: 'remove', token, localId: 5 }), 'remove 0x00001a2b id 5');
  t.equal(formatCommand({ kind: 'flush-addrs' }), 'flush-addrs');
  const endpoint = { id: 3, address: '10.0.2.1', port: 0, flags: 6, ifindex: 0 };
  t.equal(formatCommand({ kind: 'add-addr', endpoint }), 'add-addr 10.0.2.1 id 3 subflow backup');
  const command = { kind: 'remove', token, localId: 5, goal: '', why: '' } as const;
  t.equal(
    formatRefusal(command, { code: 'EINVAL', errno: 22, text: 'invalid token' }),
    'remove 0x00001a2b id 5: invalid token (EINVAL)',
  );
});
