// A connection that ends before it is established, of which the kernel tells that it is, afterwards.

import t from 'tap';
import { apply } from '../../src/engine/apply.ts';
import { createState } from '../../src/engine/state.ts';

const opened = (kind: 'created' | 'established', token: number) =>
  ({
    kind,
    token,
    family: 'ipv4',
    local: { address: '10.0.1.1', port: 40_000 + token },
    remote: { address: '10.0.9.1', port: 443 },
    serverSide: false,
    denyJoinId0: false,
  }) as const;

const closed = (token: number) => ({ kind: 'closed', token }) as const;

t.test('ESTABLISHED after CLOSED is no new connection, however often it is applied', async (t) => {
  const state = createState();
  apply(state, opened('created', 1), 0);
  for (const time of [1, 2]) {
    apply(state, closed(1), time);
    apply(state, opened('established', 1), time);
  }
  t.equal(state.connections.size, 0);
  t.equal(state.resync, undefined);
});

t.test('the same token again is a new connection', async (t) => {
  const state = createState();
  apply(state, opened('created', 1), 0);
  apply(state, closed(1), 1);
  apply(state, opened('created', 1), 2);
  apply(state, opened('established', 1), 3);
  t.match(state.connections.get(1), { established: true });
});

t.test('a connection whose CREATED was lost is known by its ESTABLISHED', async (t) => {
  const state = createState();
  apply(state, opened('established', 1), 0);
  t.match(state.connections.get(1), { established: true });
});

t.test('not for ever, and none that was established', async (t) => {
  const state = createState();
  for (let token = 1; token <= 5_000; token++) {
    apply(state, opened('created', token), token);
    apply(state, closed(token), token);
  }
  t.ok(state.ended.size < 2_000, `${state.ended.size} tokens`);
  const before = state.ended.size;
  apply(state, opened('created', 9_000), 0);
  apply(state, opened('established', 9_000), 0);
  apply(state, closed(9_000), 0);
  t.equal(state.ended.size, before);
});
