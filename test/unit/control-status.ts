// A status with something of everything in it.

import type { Status } from '../../src/control/index.ts';

export const quiet: Status = {
  protocol: 1,
  version: '0.1.0',
  pid: 1234,
  since: '2026-11-25T03:25:31.000Z',
  manager: 'userspace',
  policy: { rules: [{ source: 'modem.yaml:4', match: 'wwan*', role: 'active', interfaces: [] }] },
  interfaces: [],
  endpoints: [],
  pending: [],
  connections: [],
  counters: { events: 0 },
};

export const busy: Status = {
  ...quiet,
  policy: {
    rules: [
      { source: 'laptop.yaml:6', match: 'wlan*, wlp*', role: 'active', interfaces: ['wlan0'] },
      { source: 'laptop.yaml:12', match: 'wwan*', role: 'backup', interfaces: ['wwan0'] },
      { source: 'laptop.yaml:20', match: 'tun*', role: 'off', interfaces: [] },
    ],
    problem: 'laptop.yaml:6:7: role cannot be "activ": did you mean "active"?',
  },
  interfaces: [
    { name: 'lo', index: 1, addresses: [{ address: '127.0.0.1', state: 'foreign' }] },
    {
      name: 'wlan0',
      index: 2,
      role: 'active',
      source: 'laptop.yaml:6',
      addresses: [
        { address: '10.0.1.2', state: 'usable' },
        {
          address: 'fe80::1234:5678:9abc:def0',
          state: 'unwanted',
          why: 'fe80::1234:5678:9abc:def0 has scope link, the policy wants scope global',
        },
      ],
    },
    {
      name: 'wwan0',
      index: 3,
      role: 'backup',
      source: 'laptop.yaml:12',
      addresses: [{ address: '10.0.2.2', state: 'lost', why: 'wwan0 has no carrier' }],
    },
    { name: 'tun\u001b[2J', index: 4, role: 'off', source: 'laptop.yaml:20', addresses: [] },
  ],
  connections: [
    {
      token: '0x3c6937e5',
      serverSide: false,
      owner: 'userspace',
      local: '10.0.1.2:40000',
      remote: '10.9.0.1:443',
      subflows: [
        {
          local: '10.0.1.2:40000',
          remote: '10.9.0.1:443',
          interface: 'wlan0',
          localId: 0,
          remoteId: 0,
          role: 'active',
          backup: false,
          state: 'established',
        },
        {
          local: '[2001:db8:1111:2222:3333:4444:5555:6666]:40001',
          remote: '[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443',
          interface: 'wwan0',
          localId: 32,
          remoteId: 3,
          role: 'backup',
          backup: true,
          state: 'syn-sent',
        },
      ],
      pending: [
        { goal: 'join 10.0.2.2 → id 0', failures: 2, retryInMs: 3_400, error: 'ECONNREFUSED' },
        { goal: 'announce 10.0.1.2', failures: 0, retryInMs: null },
      ],
    },
    {
      token: '0x00000001',
      serverSide: null,
      owner: 'kernel',
      note: 'belongs to the in-kernel path manager: left as it is',
      local: '10.0.1.2:22',
      remote: '10.7.0.1:50000',
      subflows: [],
      pending: [],
    },
  ],
  listeners: [
    { local: '10.0.2.2:5000', state: 'ours' },
    { local: '[2001:db8::1]:5000', state: 'foreign' },
    {
      local: '10.0.2.2:80',
      state: 'waiting',
      pending: { goal: 'listen 10.0.2.2:80', failures: 1, retryInMs: 900, error: 'EACCES' },
    },
  ],
  counters: { events: 12, lost: 0 },
};
