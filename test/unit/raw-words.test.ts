// Words of the raw verbs → commands: without a kernel.

import t from 'tap';
import type { RawCommand, Request } from '../../src/cli/raw/command.ts';
import { eventRecord } from '../../src/cli/raw/event-attributes.ts';
import { endpointRecord, formatEndpoint } from '../../src/cli/raw/format-endpoint.ts';
import { formatEvent } from '../../src/cli/raw/format-event.ts';
import { formatLimits } from '../../src/cli/raw/format-limits.ts';
import { netnsPath, readOptions } from '../../src/cli/raw/options.ts';
import { refusalText } from '../../src/cli/raw/send.ts';
import { UsageError } from '../../src/cli/raw/usage-error.ts';
import { VERBS, verbsFor } from '../../src/cli/raw/verbs.ts';
import { watch } from '../../src/cli/raw/watch.ts';
import { Words } from '../../src/cli/raw/words.ts';
import type { Addon } from '../../src/kernel/addon.ts';

const parse = async (line: string): Promise<RawCommand> => {
  const [first = '', ...rest] = line.split(' ');
  const [name, ...others] = verbsFor(first);
  if (name === undefined || others.length > 0) throw new Error(`${first} is no verb`);
  return (await VERBS[name]()).parse(new Words(rest));
};

type Sent = Omit<Request, 'kind'>;

const PAIR = { local: { address: '10.0.0.1' }, remote: { address: '10.0.0.2' } };
const T = 0x1a2b3c4d;
const ends = (from: object, to: object) => ({
  local: { ...PAIR.local, ...from },
  remote: { ...PAIR.remote, ...to },
});

const SENT: readonly (readonly [line: string, title: string, sent: Sent])[] = [
  [
    'endpoint add 10.0.0.1',
    'endpoint add 10.0.0.1',
    { operation: 'add-addr', local: { address: '10.0.0.1' } },
  ],
  [
    'endpoint add 10.0.0.1 dev eth0 id 3 port 443 signal backup',
    'endpoint add 10.0.0.1',
    {
      operation: 'add-addr',
      local: { address: '10.0.0.1', dev: 'eth0', id: 3, port: 443, flags: 5 },
    },
  ],
  [
    'endpoint add subflow laminar fullmesh 2001:db8::1',
    'endpoint add 2001:db8::1',
    { operation: 'add-addr', local: { address: '2001:db8::1', flags: 42 } },
  ],
  [
    'end a ::ffff:10.0.0.1 i 0 p 0x10 d lo',
    'endpoint add ::ffff:10.0.0.1',
    { operation: 'add-addr', local: { address: '::ffff:10.0.0.1', id: 0, port: 16, dev: 'lo' } },
  ],
  [
    'endpoint add 10.0.0.1 flags 0x80',
    'endpoint add 10.0.0.1',
    { operation: 'add-addr', local: { address: '10.0.0.1', flags: 0x80 } },
  ],
  [
    'endpoint add 10.0.0.1 subflow flags 0xffffffff',
    'endpoint add 10.0.0.1',
    { operation: 'add-addr', local: { address: '10.0.0.1', flags: 0xffffffff } },
  ],
  ['endpoint del id 3', 'endpoint delete id 3', { operation: 'del-addr', local: { id: 3 } }],
  [
    'endpoint delete id 0 10.0.0.1',
    'endpoint delete 10.0.0.1',
    { operation: 'del-addr', local: { id: 0, address: '10.0.0.1' } },
  ],
  [
    'endpoint change id 3 backup',
    'endpoint change id 3',
    { operation: 'set-flags', local: { id: 3, flags: 4 } },
  ],
  [
    'endpoint change 10.0.0.1 port 443 nobackup nofullmesh',
    'endpoint change 10.0.0.1',
    { operation: 'set-flags', local: { address: '10.0.0.1', port: 443, flags: 0 } },
  ],
  ['endpoint change backup', 'endpoint change', { operation: 'set-flags', local: { flags: 4 } }],
  ['endpoint sh id 0', 'endpoint show id 0', { operation: 'get-addr', local: { id: 0 } }],
  ['endpoint flush', 'endpoint flush', { operation: 'flush-addrs' }],
  ['limits', 'limits show', { operation: 'get-limits' }],
  ['lim sh', 'limits show', { operation: 'get-limits' }],
  ['limits set', 'limits set', { operation: 'set-limits' }],
  [
    'limits set subflow 8 add_addr_accepted 0',
    'limits set',
    { operation: 'set-limits', subflows: 8, addAddrAccepted: 0 },
  ],
  [
    'limits set subflows 4294967295',
    'limits set',
    { operation: 'set-limits', subflows: 4294967295 },
  ],
  [
    'announce token 0x1a2b3c4d 10.0.0.1 id 7',
    'announce on 0x1a2b3c4d',
    { operation: 'announce', token: T, local: { address: '10.0.0.1', id: 7, flags: 1 } },
  ],
  [
    'announce id 0 10.0.0.1 token 439041101 port 1 dev lo flags 0',
    'announce on 0x1a2b3c4d',
    {
      operation: 'announce',
      token: T,
      local: { address: '10.0.0.1', id: 0, port: 1, dev: 'lo', flags: 0 },
    },
  ],
  ['remove token 1 id 0', 'remove on 0x00000001', { operation: 'remove', token: 1, localId: 0 }],
  ['rem id 255 token 1', 'remove on 0x00000001', { operation: 'remove', token: 1, localId: 255 }],
  [
    'subflow create token 0x1A2B3C4D from 10.0.0.1 to 10.0.0.2 port 443',
    'subflow create on 0x1a2b3c4d',
    { operation: 'subflow-create', token: T, ...ends({}, { port: 443 }) },
  ],
  [
    'subflow create from 10.0.0.1 id 5 port 1 dev lo backup to 10.0.0.2 id 2 port 0 dev eth0 token 0x1a2b3c4d',
    'subflow create on 0x1a2b3c4d',
    {
      operation: 'subflow-create',
      token: T,
      ...ends({ id: 5, port: 1, dev: 'lo', flags: 4 }, { id: 2, port: 0, dev: 'eth0' }),
    },
  ],
  [
    'sub cr token 1 to 10.0.0.2 port 1 from 10.0.0.1 flags 1',
    'subflow create on 0x00000001',
    { operation: 'subflow-create', token: 1, ...ends({ flags: 1 }, { port: 1 }) },
  ],
  [
    'subflow destroy token 1 from 10.0.0.1 port 2 to 10.0.0.2 port 3',
    'subflow destroy on 0x00000001',
    { operation: 'subflow-destroy', token: 1, ...ends({ port: 2 }, { port: 3 }) },
  ],
  [
    'priority token 1 from 10.0.0.1 to 10.0.0.2 backup',
    'priority on 0x00000001',
    { operation: 'set-flags', token: 1, ...ends({ flags: 4 }, {}) },
  ],
  [
    'prio token 1 from 10.0.0.1 port 2 nobackup to 10.0.0.2 port 3',
    'priority on 0x00000001',
    { operation: 'set-flags', token: 1, ...ends({ port: 2, flags: 0 }, { port: 3 }) },
  ],
  [
    'subflow create token 1 from 10.0.0.1 to 10.0.0.2 port 1 backup',
    'subflow create on 0x00000001',
    { operation: 'subflow-create', token: 1, ...ends({ flags: 4 }, { port: 1 }) },
  ],
  [
    'priority token 1 from 10.0.0.1 to 10.0.0.2 flags 0x84',
    'priority on 0x00000001',
    { operation: 'set-flags', token: 1, ...ends({ flags: 0x84 }, {}) },
  ],
  [
    'addresses token 1 id 4',
    'addresses on 0x00000001',
    { operation: 'get-addr', token: 1, local: { id: 4 } },
  ],
];

t.test('right words', async (t) => {
  for (const [line, title, sent] of SENT) {
    t.same(await parse(line), { do: 'send', title, request: { kind: 'request', ...sent } }, line);
  }
  const others: readonly (readonly [string, RawCommand])[] = [
    ['endpoint', { do: 'list', title: 'endpoint show' }],
    ['endpoint ls', { do: 'list', title: 'endpoint show' }],
    [
      'addresses token 0xffffffff',
      { do: 'list', title: 'addresses on 0xffffffff', token: 2 ** 32 - 1 },
    ],
    ['mon', { do: 'monitor' }],
    ['listen :: port 443', { do: 'listen', at: { address: '::', port: 443 } }],
  ];
  for (const [line, command] of others) t.same(await parse(line), command, line);
});

const WRONG: readonly (readonly [line: string, message: string])[] = [
  ['endpoint frob', 'unknown word "frob"'],
  ['endpoint add', 'ADDRESS is missing'],
  ['endpoint add signal id 3', 'ADDRESS is missing'],
  ['endpoint add 10.0.0.256', '"10.0.0.256" is no IP address'],
  ['endpoint add 2001:db8::g', '"2001:db8::g" is no IP address'],
  ['endpoint add fe80::1%lo', '"fe80::1%lo" is no IP address'],
  ['endpoint add 10.0.0.1/24', '"10.0.0.1/24" is no IP address'],
  ['endpoint add 10.0.0.1 frob', 'unknown word "frob"'],
  ['endpoint add 10.0.0.1 10.0.0.2', '"ADDRESS" stands there twice'],
  ['endpoint add 10.0.0.1 id', 'number after "id" is missing'],
  ['endpoint add 10.0.0.1 id 256', 'id 256 is out of range: at most 255'],
  ['endpoint add 10.0.0.1 id -1', 'id "-1" is no number'],
  ['endpoint add 10.0.0.1 id 1.5', 'id "1.5" is no number'],
  ['endpoint add 10.0.0.1 id 010', 'id "010" is no number'],
  ['endpoint add 10.0.0.1 id 1 id 2', '"id" stands there twice'],
  ['endpoint add 10.0.0.1 port 70000', 'port 70000 is out of range: at most 65535'],
  [
    'endpoint add 10.0.0.1 flags 0x100000000',
    'flags 0x100000000 is out of range: at most 4294967295',
  ],
  ['endpoint add 10.0.0.1 backup backup', '"backup" stands there twice'],
  ['endpoint add 10.0.0.1 dev', 'NAME after "dev" is missing'],
  ['endpoint delete', 'id is missing'],
  ['endpoint delete 10.0.0.1', 'id is missing'],
  ['endpoint delete id 0', 'ADDRESS is missing'],
  ['endpoint delete id 3 10.0.0.1', 'ADDRESS goes with id 0 alone'],
  ['endpoint change id 3', 'CHANGE-LIST is missing'],
  ['endpoint change id 3 backup nobackup', '"backup" stands there twice'],
  ['endpoint flush all', 'unknown word "all"'],
  ['limits frob', 'unknown word "frob"'],
  ['limits show 3', 'unknown word "3"'],
  ['limits set subflows', 'number after "subflows" is missing'],
  ['limits set subflows x', 'subflows "x" is no number'],
  ['limits set subflow 1 subflows 2', '"subflows" stands there twice'],
  ['limits set frob 2', 'unknown word "frob"'],
  ['monitor all', 'unknown word "all"'],
  ['announce 10.0.0.1 id 3', 'token is missing'],
  [
    'announce token 0x1ffffffff 10.0.0.1 id 3',
    'token 0x1ffffffff is out of range: at most 4294967295',
  ],
  ['announce token 1 10.0.0.1', 'id is missing'],
  ['announce token 1 id 3', 'ADDRESS is missing'],
  ['announce token 1 token 2 10.0.0.1 id 3', '"token" stands there twice'],
  ['remove token 1', 'id is missing'],
  ['remove id 1', 'token is missing'],
  ['remove token 1 id 300', 'id 300 is out of range: at most 255'],
  ['remove token 1 id 1 10.0.0.1', 'unknown word "10.0.0.1"'],
  ['subflow', 'create or destroy is missing'],
  ['subflow frob', 'unknown word "frob"'],
  ['subflow create token 1 to 10.0.0.2 port 1', 'from is missing'],
  ['subflow create token 1 from 10.0.0.1', 'to is missing'],
  ['subflow create token 1 from to 10.0.0.2 port 1', 'ADDRESS after "from" is missing'],
  ['subflow create token 1 from 10.0.0.1 to 10.0.0.2', 'port after "to" is missing'],
  ['subflow create token 1 10.0.0.1 to 10.0.0.2 port 1', 'unknown word "10.0.0.1"'],
  ['subflow create from 10.0.0.1 to 10.0.0.2 port 1', 'token is missing'],
  ['subflow create token x from 10.0.0.1 to 10.0.0.2 port 1', 'token "x" is no number'],
  [
    'subflow create token 1 from 10.0.0.1 from 10.0.0.3 to 10.0.0.2 port 1',
    '"from" stands there twice',
  ],
  ['subflow destroy token 1 from 10.0.0.1 to 10.0.0.2 port 1', 'port after "from" is missing'],
  ['subflow destroy token 1 from 10.0.0.1 port 1 to 10.0.0.2', 'port after "to" is missing'],
  ['priority token 1 from 10.0.0.1 to 10.0.0.2', 'backup or nobackup is missing'],
  ['priority token 1 from 10.0.0.1 backup to 10.0.0.2 backup', 'flags stand there twice'],
  ['addresses', 'token is missing'],
  ['addresses token 1 frob', 'unknown word "frob"'],
  ['listen', 'ADDRESS is missing'],
  ['listen port 443', '"port" is no IP address'],
  ['listen 10.0.0.1', 'port is missing'],
  ['listen 10.0.0.1 port 70000', 'port 70000 is out of range: at most 65535'],
  ['listen 10.0.0.1 port 443 443', 'unknown word "443"'],
];

t.test('wrong words', async (t) => {
  for (const [line, message] of WRONG) {
    const error = await parse(line).catch((reason) => reason);
    t.ok(error instanceof UsageError, line);
    t.equal(error.message, message, line);
  }
});

t.test('options stand anywhere', async (t) => {
  for (const line of [
    '--netns=x --json endpoint show',
    'endpoint --runtime /x --json show --netns x --runtime=/y',
    'endpoint show --netns x --json',
  ]) {
    t.same(readOptions(line.split(' ')), {
      options: { json: true, help: false, netns: '/run/netns/x' },
      words: ['endpoint', 'show'],
    });
  }
  t.equal(netnsPath('123'), '/proc/123/ns/net');
  t.equal(netnsPath('./123'), './123');
  for (const line of ['--netns', '--netns=', '--netns a --netns b', '--jsn', 'endpoint -j']) {
    t.throws(() => readOptions(line.split(' ')), { name: 'UsageError' }, line);
  }
});

t.test('a verb may be shortened while it is the only one', async (t) => {
  t.same(verbsFor('e'), ['endpoint']);
  t.same(verbsFor('a'), ['announce', 'addresses']);
  t.same(verbsFor('li'), ['limits', 'listen']);
  t.same(verbsFor('x'), []);
  t.same(verbsFor(''), []);
});

const LINKS = new Map([[3, ['wlan0', 'enx0']]]);

t.test('endpoints and limits are printed as ip mptcp does', async (t) => {
  const bare = { id: 1, address: '10.0.0.1', port: 0, flags: 0, ifindex: 0 };
  t.equal(formatEndpoint(bare, LINKS), '10.0.0.1 id 1 ');
  const full = { ...bare, port: 443, flags: 0x10000 | 0x3f, ifindex: 3 };
  t.equal(
    formatEndpoint(full, LINKS),
    '10.0.0.1 port 443 id 1 signal subflow backup fullmesh implicit laminar rawflags 10000 dev wlan0 ',
  );
  t.same(endpointRecord({ ...bare, flags: 0x82, ifindex: 9 }, LINKS), {
    address: '10.0.0.1',
    id: 1,
    subflow: true,
    rawflags: '80',
    dev: 'if9',
  });
  t.equal(formatLimits({ subflows: 2, addAddrAccepted: 0 }), 'add_addr_accepted 0 subflows 2 ');
});

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const host = (size: number, value: number): Uint8Array => {
  const bytes = Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff);
  return Uint8Array.from(littleEndian ? bytes : bytes.reverse());
};
const mapped = Uint8Array.from([...Array(10).fill(0), 255, 255, 10, 0, 0, 1]);

const ALL = new Map<number, Uint8Array>([
  [1, host(4, 0x1a2b)],
  [2, host(2, 10)],
  [3, host(1, 5)],
  [4, host(1, 0)],
  [6, mapped],
  [8, Uint8Array.from([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1])],
  [9, Uint8Array.from([1, 187])],
  [10, Uint8Array.from([0, 80])],
  [11, host(1, 1)],
  [12, host(1, 111)],
  [13, host(2, 7)],
  [14, host(4, 9)],
  [15, host(4, 3)],
  [16, host(4, 2)],
  [17, host(4, 1)],
  [18, host(1, 1)],
  [19, Uint8Array.from([1, 255])],
]);

t.test('an event with every attribute there is, and one more', async (t) => {
  const record = eventRecord(11, ALL);
  t.same(record, {
    event: 'sub-closed',
    token: '0x00001a2b',
    family: 10,
    'loc-id': 5,
    'rem-id': 0,
    saddr6: '::ffff:10.0.0.1',
    daddr6: '2001:db8::1',
    sport: 443,
    dport: 80,
    backup: 1,
    error: 111,
    flags: 7,
    timeout: 9,
    'if-idx': 3,
    'reset-reason': 2,
    'reset-flags': 1,
    'server-side': 1,
    'attribute-19': '01ff',
  });
  t.equal(
    formatEvent(record, LINKS),
    '[       SF_CLOSED] token=0x00001a2b remid=0 locid=5 saddr6=::ffff:10.0.0.1 daddr6=2001:db8::1 sport=443 dport=80 backup=1 error=111 timeout=9 ifindex=3 dev=wlan0 reset_reason=2 reset_flags=0x1 server_side deny_join_id0 flags=0x4 attribute-19=01ff',
  );
});

t.test('an event says no more than it has', async (t) => {
  const closed = eventRecord(3, new Map([[1, host(4, 1)]]));
  t.equal(formatEvent(closed, LINKS), '[          CLOSED] token=0x00000001');
  const listener = new Map([
    [2, host(2, 2)],
    [9, Uint8Array.from([0, 80])],
    [5, Uint8Array.from([10, 0, 0, 1])],
  ]);
  t.equal(
    formatEvent(eventRecord(15, listener), LINKS),
    '[LISTENER_CREATED] saddr4=10.0.0.1 sport=80',
  );
  t.equal(formatEvent(eventRecord(99, new Map()), LINKS), '[UNKNOWN 99]');
  const zeros = new Map([
    [12, host(1, 0)],
    [17, host(4, 0)],
    [18, host(1, 0)],
    [1, host(2, 5)],
  ]);
  t.same(eventRecord(1, zeros), {
    event: 'created',
    error: 0,
    'reset-flags': 0,
    'server-side': 0,
    token: littleEndian ? '0500' : '0005',
  });
});

t.test('a refusal is in the words of the kernel, or else of the error', async (t) => {
  const invalid = { errno: 22, code: 'EINVAL' };
  t.equal(
    refusalText('remove', { ...invalid, text: 'invalid token' }),
    'remove: invalid token (EINVAL)',
  );
  t.equal(
    refusalText('remove', { ...invalid, missing: 4 }),
    'remove: attribute 4 is missing (EINVAL)',
  );
  t.equal(refusalText('remove', invalid), 'remove: invalid argument (EINVAL)');
  t.equal(
    refusalText('remove', { errno: 1, code: 'EPERM' }),
    'remove: operation not permitted: it needs CAP_NET_ADMIN in this network namespace (EPERM)',
  );
});

t.test('lost events are told of, and those after them too', async (t) => {
  const outputs = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    t.intercept(process[stream], 'write', {
      value: (text: string) => {
        outputs[stream] += text;
        return true;
      },
    });
  }
  const closed = { kind: 'unknown', command: 3, attributes: new Map([[1, host(4, 1)]]) } as const;
  const lost = { kind: 'lost', socket: 'mptcp_pm', reason: 'the buffer is full' } as const;
  class PathManagerEventSocket {
    constructor(listener: (batch: readonly object[]) => void) {
      listener([closed, lost]);
      listener([closed]);
    }
  }
  watch({ PathManagerEventSocket } as unknown as Addon, true, {});
  await new Promise(setImmediate);
  t.same(outputs, {
    stdout: '{"event":"closed","token":"0x00000001"}\n'.repeat(2),
    stderr: 'subflowctl: events were lost: the buffer is full\n',
  });
});
