// The policies that are shipped: each is loaded and planned for a host of the kind that it is for.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import * as z from 'zod';
import type { Interface } from '../../src/model/interface.ts';
import { intentOf, interfaceDocument, loadPolicies } from '../../src/policy/index.ts';
import { BONDING, LAPTOP, SERVER } from './policy-host.ts';

const directory = fileURLToPath(new URL('../../../policies/', import.meta.url));

const expected: Record<string, readonly [interfaces: readonly Interface[], ...paths: string[]]> = {
  'laptop.yaml': [LAPTOP, '10.0.1.2 active 2000', '10.0.2.2 active 2000', '10.0.3.2 backup 5000'],
  'standby.yaml': [
    LAPTOP,
    '10.0.1.2 active 10000',
    '10.0.2.2 active 10000',
    '10.0.3.2 standby 2000',
  ],
  'bonding.yaml': [BONDING, '10.0.1.2 active 2000', '10.0.2.2 active 2000'],
  'server.yaml': [
    SERVER,
    '192.0.2.1 active 2000 announced',
    '2001:db8::1 active 2000 announced',
    '198.51.100.1 active 2000 announced',
  ],
};

for (const name of readdirSync(directory)) {
  t.test(name, async (t) => {
    const [interfaces, ...paths] = expected[name] ?? [[]];
    const intent = intentOf(loadPolicies([`${directory}${name}`]), interfaces);
    t.same(
      intent.paths.map(({ address, role, settle, announce }) =>
        [address, role, settle, ...(announce ? ['announced'] : [])].join(' '),
      ),
      paths,
    );
    const [first = ''] = readFileSync(`${directory}${name}`, 'utf8').split('\n');
    t.match(first, /^# [A-Z].*\.$/, 'the first line says in a sentence what it does');
  });
}

t.test('all of them are known to this test', async (t) => {
  t.same(readdirSync(directory).sort(), Object.keys(expected).sort());
});

t.test('the schema can be given to editors', async (t) => {
  const schema = z.toJSONSchema(interfaceDocument, { io: 'input' });
  t.match(schema, {
    required: ['interface', 'role'],
    additionalProperties: false,
    properties: {
      ready: { properties: { settle: { type: 'string', pattern: String, default: '2s' } } },
    },
  });
});
