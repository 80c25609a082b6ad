import t from 'tap';
import { compileGlob } from '../../src/policy/glob.ts';

const cases: readonly [glob: string, matches: readonly string[], others: readonly string[]][] = [
  ['wlan0', ['wlan0'], ['wlan', 'wlan00', 'xwlan0', 'WLAN0', '']],
  ['*', ['a', 'wlan0', 'eth0.100'], []],
  ['wlan*', ['wlan', 'wlan0', 'wlan10'], ['wla', 'xwlan0']],
  ['*0', ['wlan0', '0'], ['wlan1', '']],
  ['en*s*f?', ['enp1s0f0', 'ens1f1'], ['enp1s0f', 'enp1s0f10x']],
  ['a**b', ['ab', 'axb'], ['a']],
  ['eth?', ['eth0', 'ethé'], ['eth', 'eth10']],
  ['eth[02]', ['eth0', 'eth2'], ['eth1', 'eth', 'eth02']],
  ['eth[0-2]', ['eth0', 'eth1', 'eth2'], ['eth3', 'eth-']],
  ['eth[!0-2]', ['eth3'], ['eth0', 'eth']],
  ['eth[^0]', ['eth1', 'eth^'], ['eth0']],
  ['eth[a-]', ['etha', 'eth-'], ['ethb']],
  ['eth0.1', ['eth0.1'], ['eth0x1']],
  ['br-{a}', ['br-{a}'], ['br-a']],
  ['veth(1)', ['veth(1)'], ['veth1']],
];

for (const [glob, matches, others] of cases) {
  t.test(`glob ${glob}`, async (t) => {
    const { matches: matched } = compileGlob(glob);
    for (const name of matches) t.ok(matched(name), `matches ${name}`);
    for (const name of others) t.notOk(matched(name), `does not match "${name}"`);
  });
}

t.test('a glob made to be slow is not', async (t) => {
  const glob = compileGlob(`${'*a'.repeat(5_000)}b`);
  t.notOk(glob.matches('a'.repeat(5_000)));
});
