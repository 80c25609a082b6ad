// Thinking costs little: subflowd beside a loop that does nothing but join.

import t from 'tap';
import { type JoinLatency, joinLatency } from '../bench/join-latency.ts';

t.setTimeout(300_000);

/** Of the medians. Absolute times are for `make bench`, on a machine that does nothing else. */
const RATIO = 1.3;
const ROUNDS = 24;
const CONNECTIONS = 1_000;

t.test(`a join is sent within ${RATIO} times what the bare loop needs`, async (t) => {
  const best = { 'bare loop': Number.POSITIVE_INFINITY, subflowd: Number.POSITIVE_INFINITY };
  const ratio = () => best.subflowd / best['bare loop'];
  const take = (who: keyof typeof best, { medianUs, count }: JoinLatency) => {
    t.equal(count, CONNECTIONS, `${who}: every connection was joined`);
    best[who] = Math.min(best[who], medianUs);
  };
  // What else the machine does only ever adds: the best of each is what it really needs.
  for (let round = 0; round === 0 || (ratio() > RATIO && round < ROUNDS); round++) {
    take('bare loop', await joinLatency('bare loop', CONNECTIONS));
    take('subflowd', await joinLatency('subflowd', CONNECTIONS));
  }
  const text = `${best.subflowd.toFixed(0)} µs beside ${best['bare loop'].toFixed(0)} µs`;
  t.ok(ratio() <= RATIO, `${text}: ${ratio().toFixed(2)} times`);
});
