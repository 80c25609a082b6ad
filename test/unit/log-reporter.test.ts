// What the log says of lost events.

import t from 'tap';
import { LogReporter } from '../../src/daemon/log-reporter.ts';

const LOST = { kind: 'lost', socket: 'rtnetlink', reason: 'recvmmsg: ENOBUFS' } as const;

t.test(
  'lost events are said once until everything was read again, and always counted',
  async (t) => {
    const lines: string[] = [];
    const reporter = new LogReporter({
      isEnabled: (level) => level !== 'debug',
      write: (level, message) => {
        lines.push(`${level} ${typeof message === 'string' ? message : message()}`);
      },
    });
    reporter.events([LOST, LOST]);
    reporter.events([LOST]);
    t.match(lines, [/^warn events were lost \(rtnetlink: recvmmsg: ENOBUFS\)/]);
    reporter.resynced('rtnetlink', 0, 1);
    reporter.events([LOST]);
    t.match(lines, [/^warn events were lost/, /^info everything was read again/, /^warn events/]);
    t.equal(lines.length, 3);
    t.equal(reporter.counters.lost, 4);
  },
);
