import t from 'tap';
import type { Interface } from '../../src/model/interface.ts';
import { builtInDefault, describe, intentOf, parsePolicy } from '../../src/policy/index.ts';
import type { AddressIntent } from '../../src/policy/intent.ts';
import { address, host } from './policy-host.ts';

const policyOf = (text: string) => parsePolicy([{ name: 'p.yaml', text }]);

/** `usable`, or `lost: wlan0 is down`. */
const spoken = (intent: AddressIntent): string =>
  'why' in intent ? `${intent.state}: ${intent.why}` : intent.state;

const intents = (policy: string | undefined, ...interfaces: readonly Interface[]) => {
  const { addresses } = intentOf(
    policy === undefined ? builtInDefault : policyOf(policy),
    interfaces,
  );
  return Object.fromEntries([...addresses].map(([key, intent]) => [key, spoken(intent)]));
};

const A = 'interface: { name: "a*" }\nrole: active\n';

t.test('what one address comes to', async (t) => {
  const cases: readonly [about: string, policy: string, host: Interface, expected: string][] = [
    ['all is well', A, host(1, 'a', ['10.0.0.1']), 'usable'],
    ['no document names it', A, host(1, 'b', ['10.0.0.1']), 'foreign'],
    [
      'off',
      'interface: { name: a }\nrole: off',
      host(1, 'a', ['10.0.0.1']),
      'off: role off (p.yaml:1)',
    ],
    ['down', A, host(1, 'a', ['10.0.0.1'], { up: false, running: false }), 'lost: a is down'],
    ['no carrier', A, host(1, 'a', ['10.0.0.1'], { running: false }), 'lost: a has no carrier'],
    [
      'tentative',
      A,
      host(1, 'a', [address('2001:db8::1', { tentative: true })]),
      'lost: 2001:db8::1 waits for duplicate address detection',
    ],
    ['no route, and none needed', A, host(1, 'a', ['10.0.0.1'], { defaultRoutes: [] }), 'usable'],
    [
      'no route',
      `${A}ready: { route: default }`,
      host(1, 'a', ['10.0.0.1'], { defaultRoutes: ['ipv6'] }),
      'lost: no IPv4 default route through a',
    ],
    [
      'no route for IPv6',
      `${A}ready: { route: default }`,
      host(1, 'a', ['2001:db8::1'], { defaultRoutes: ['ipv4'] }),
      'lost: no IPv6 default route through a',
    ],
    [
      'the other family',
      `${A}addresses: { families: [ipv6] }`,
      host(1, 'a', ['10.0.0.1']),
      'unwanted: 10.0.0.1 is IPv4, which the policy leaves out',
    ],
    [
      'link-local',
      A,
      host(7, 'a', ['fe80::1']),
      'unwanted: fe80::1 has scope link, the policy wants scope global',
    ],
    ['link-local, wanted', `${A}addresses: { scope: link }`, host(7, 'a', ['fe80::1']), 'usable'],
    [
      'global where link is wanted',
      `${A}addresses: { scope: link }`,
      host(7, 'a', ['10.0.0.1']),
      'usable',
    ],
    ['site', A, host(1, 'a', [address('fec0::1', { scope: 'site' })]), 'usable'],
    [
      'host',
      `${A}addresses: { scope: link }`,
      host(1, 'a', [address('127.0.0.2', { scope: 'host' })]),
      'unwanted: 127.0.0.2 has scope host, the policy wants scope link',
    ],
    [
      'temporary',
      A,
      host(1, 'a', [address('2001:db8::1', { temporary: true })]),
      'unwanted: 2001:db8::1 is a temporary address',
    ],
    [
      'deprecated',
      A,
      host(1, 'a', [address('2001:db8::1', { deprecated: true })]),
      'unwanted: 2001:db8::1 is deprecated',
    ],
    [
      'unwanted stays unwanted without a carrier',
      A,
      host(1, 'a', [address('2001:db8::1', { temporary: true })], { running: false }),
      'unwanted: 2001:db8::1 is a temporary address',
    ],
    [
      'loopback, by a wildcard',
      'interface: { name: "*" }\nrole: active',
      host(1, 'lo', ['192.0.2.1']),
      'foreign',
    ],
    [
      'loopback, by name',
      'interface: { name: lo }\nrole: active',
      host(1, 'lo', ['192.0.2.1']),
      'usable',
    ],
  ];
  for (const [about, policy, candidate, expected] of cases) {
    t.same(Object.values(intents(policy, candidate)), [expected], about);
  }
});

t.test('the built-in default', async (t) => {
  const lan = host(3, 'lan0', ['192.168.1.1'], { defaultRoutes: [] });
  t.same(
    intents(
      undefined,
      host(1, 'lo', ['127.0.0.1']),
      host(2, 'eth0', ['10.0.0.1', '2001:db8::1', 'fe80::1'], { defaultRoutes: ['ipv4'] }),
      lan,
      host(4, 'wlan0', ['10.0.1.1'], { running: false, defaultRoutes: [] }),
      host(5, 'wwan0', ['10.0.2.1'], { up: false, running: false, defaultRoutes: [] }),
    ),
    {
      '127.0.0.1': 'foreign',
      '10.0.0.1': 'usable',
      '2001:db8::1': 'unwanted: no IPv6 default route through eth0',
      'fe80::1%2': 'unwanted: fe80::1 has scope link, the policy wants scope global',
      '192.168.1.1': 'unwanted: no IPv4 default route through lan0',
      '10.0.1.1': 'lost: wlan0 has no carrier',
      '10.0.2.1': 'lost: wwan0 is down',
    },
  );
  t.same(intentOf(builtInDefault, [host(2, 'eth0', ['10.0.0.1'])]).paths, [
    {
      key: '10.0.0.1',
      address: '10.0.0.1',
      family: 'ipv4',
      ifindex: 2,
      interfaceName: 'eth0',
      role: 'active',
      settle: 2_000,
      announce: false,
      source: 'built-in default',
    },
  ]);
});

t.test('the first document that matches decides wholly', async (t) => {
  const policy = policyOf(
    'interface: { name: a0 }\nrole: backup\n---\ninterface: { name: [b, "a*"] }\nrole: active\nannounce: true\nready: { settle: 500ms }\n',
  );
  const { paths } = intentOf(policy, [host(1, 'a0', ['10.0.0.1']), host(2, 'a1', ['10.0.0.2'])]);
  t.match(paths, [
    { interfaceName: 'a1', role: 'active', announce: true, settle: 500, source: 'p.yaml:4' },
    { interfaceName: 'a0', role: 'backup', announce: false, settle: 2_000, source: 'p.yaml:1' },
  ]);
});

t.test(
  'paths come by role, then document, then interface, then as the interface has them',
  async (t) => {
    const roles = [
      ['s', 'standby'],
      ['b', 'backup'],
      ['y', 'active'],
      ['x', 'active'],
    ];
    const policy = policyOf(
      roles.map(([name, role]) => `interface: { name: "${name}*" }\nrole: ${role}`).join('\n---\n'),
    );
    const { paths } = intentOf(policy, [
      host(1, 's0', ['10.0.0.1']),
      host(2, 'x0', ['10.0.0.2']),
      host(12, 'y1', ['10.0.0.12']),
      host(9, 'y0', ['10.0.0.9', '10.0.0.8', '2001:db8::1']),
      host(5, 'b0', ['10.0.0.5']),
    ]);
    t.same(
      paths.map(({ address }) => address),
      ['10.0.0.9', '10.0.0.8', '2001:db8::1', '10.0.0.12', '10.0.0.2', '10.0.0.5', '10.0.0.1'],
    );
  },
);

t.test('an address on two interfaces is treated as does the least harm', async (t) => {
  const policy = 'interface: { name: a }\nrole: active\n---\ninterface: { name: o }\nrole: off\n';
  const down = { running: false };
  t.same(intents(policy, host(1, 'a', ['10.0.0.1'], down), host(2, 'x', ['10.0.0.1'])), {
    '10.0.0.1': 'foreign',
  });
  t.same(intents(policy, host(1, 'o', ['10.0.0.1']), host(2, 'a', ['10.0.0.1'], down)), {
    '10.0.0.1': 'lost: a has no carrier',
  });
  const { paths } = intentOf(policyOf(A), [
    host(1, 'a1', ['10.0.0.1'], down),
    host(2, 'a2', ['10.0.0.2']),
    host(3, 'a3', ['10.0.0.1']),
    host(4, 'a4', ['10.0.0.1']),
  ]);
  t.same(
    paths.map(({ interfaceName }) => interfaceName),
    ['a2', 'a3'],
  );
});

t.test('link-local addresses are told apart by their interface', async (t) => {
  const policy = `${A}addresses: { scope: link }`;
  t.same(intents(policy, host(1, 'a1', ['fe80::1']), host(2, 'a2', ['fe80::1'])), {
    'fe80::1%1': 'usable',
    'fe80::1%2': 'usable',
  });
});

t.test('documents of nothing leave the built-in default', async (t) => {
  for (const text of ['', '# nothing\n', '---\n---\n', '\ufeff# BOM\r\n']) {
    t.same(policyOf(text), builtInDefault);
  }
});

t.test('CRLF, a BOM and "off" are taken as they are meant', async (t) => {
  const { rules } = policyOf('\ufeffinterface: { name: a }\r\nrole: off\r\n');
  t.match(rules, [{ role: 'off', source: 'p.yaml:1' }]);
});

t.test('durations', async (t) => {
  for (const [text, expected] of Object.entries({
    '0s': 0,
    '500ms': 500,
    '1.5s': 1_500,
    '2m': 120_000,
    '24h': 86_400_000,
  })) {
    t.equal(policyOf(`${A}ready: { settle: ${text} }`).rules[0]?.ready.settle, expected, text);
  }
});

t.test('a policy says which interfaces its rules decide for', async (t) => {
  const policy = policyOf(
    `interface: { name: [a1, x] }\nrole: backup\n---\n${A}---\ninterface: { name: "wwan*" }\nrole: off`,
  );
  const present = [host(3, 'a3'), host(2, 'a1'), host(1, 'lo'), host(4, 'other')];
  t.same(describe(policy, present), [
    { source: 'p.yaml:1', match: 'a1, x', role: 'backup', interfaces: ['a1'] },
    { source: 'p.yaml:4', match: 'a*', role: 'active', interfaces: ['a3'] },
    { source: 'p.yaml:7', match: 'wwan*', role: 'off', interfaces: [] },
  ]);
  const routeless = host(2, 'lan0', [], { defaultRoutes: [] });
  t.same(describe(builtInDefault, [host(3, 'eth0'), routeless, host(1, 'lo')]), [
    {
      source: 'built-in default',
      match: 'any with a default route',
      role: 'active',
      interfaces: ['eth0'],
    },
  ]);
});
