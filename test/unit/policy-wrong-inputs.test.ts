// Every way to write a policy wrongly that came to mind: where it is found, and what is said.

import t from 'tap';
import { PolicyError, parsePolicy } from '../../src/policy/index.ts';

const complaints = (text: string): string[] => {
  try {
    parsePolicy([{ name: 'p.yaml', text }]);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(({ at, message }) => `${at?.line}:${at?.column} ${message}`);
  }
};

const NAME = 'interface: { name: a }\n';
const GOOD = `${NAME}role: active\n`;

const cases: readonly [about: string, text: string, ...complaints: string[]][] = [
  ['a misspelt key', `${NAME}rol: active`, '2:1 unknown key "rol": did you mean "role"?'],
  ['a key in capitals', `${NAME}Role: active`, '2:1 unknown key "Role": did you mean "role"?'],
  [
    'swapped letters',
    `${GOOD}annuonce: true`,
    '3:1 unknown key "annuonce": did you mean "announce"?',
  ],
  ['a key like no other', `${GOOD}colour: red`, '3:1 unknown key "colour"'],
  [
    'a key within',
    `${GOOD}ready: { rout: none }`,
    '3:10 unknown key "rout": did you mean "route"?',
  ],
  ['a merge key', `${GOOD}<<: { role: off }`, '3:1 unknown key "<<"'],
  ['__proto__', `${GOOD}__proto__: 1`, '3:1 unknown key "__proto__"'],
  ['a number as key', `${GOOD}1: x`, '3:1 unknown key "1"'],
  ['no key', `${GOOD}: x`, '3:1 unknown key ""'],
  ['a list as key', `${GOOD}? [a]\n: x`, '3:3 a key must be a word'],
  ['a misspelt role', `${NAME}role: backpu`, '2:7 role cannot be "backpu": did you mean "backup"?'],
  ['no such role', `${NAME}role: primary`, '2:7 role cannot be "primary"'],
  ['an empty role', `${NAME}role:`, '2:1 role cannot be empty'],
  ['null', `${NAME}role: ~`, '2:7 role cannot be empty'],
  ['a list of roles', `${NAME}role: [off]`, '2:7 role cannot be a list'],
  ['a number for a role', `${NAME}role: 1`, '2:7 role cannot be 1, to YAML a number'],
  ['no role', NAME, '1:1 role is missing'],
  ['no role, after a comment', `# c\n---\n${NAME}`, '3:1 role is missing'],
  ['no interface', 'role: off', '1:1 interface is missing'],
  ['no name', 'interface: {}\nrole: off', '1:12 interface.name is missing'],
  ['an empty interface', 'interface:\nrole: off', '1:1 interface cannot be empty'],
  ['an interface without name:', 'interface: a\nrole: off', '1:12 interface cannot be "a"'],
  [
    'nothing right',
    'interface: { nme: a }\nrol: x',
    '1:14 unknown key "nme": did you mean "name"?',
    '2:1 unknown key "rol": did you mean "role"?',
  ],
  [
    'an octal name',
    'interface: { name: 010 }\nrole: off',
    '1:20 interface.name cannot be 010, to YAML a number: write "010" in quotes',
  ],
  [
    'a number among names',
    'interface:\n  name:\n    - a\n    - 1e3\nrole: off',
    '4:7 interface.name cannot be 1e3, to YAML a number: write "1e3" in quotes',
  ],
  [
    'a boolean name',
    'interface: { name: true }\nrole: off',
    '1:20 interface.name cannot be true, to YAML a boolean: write "true" in quotes',
  ],
  [
    'YAML 1.1',
    `%YAML 1.1\n---\n${NAME}role: off`,
    '4:7 role cannot be off, to YAML a boolean: write "off" in quotes',
  ],
  ['an empty glob', 'interface: { name: "" }\nrole: off', '1:20 an interface name cannot be empty'],
  [
    'an empty glob among others',
    'interface: { name: [a, ""] }\nrole: off',
    '1:24 an interface name cannot be empty',
  ],
  ['no names', 'interface: { name: [] }\nrole: off', '1:20 interface.name cannot be empty'],
  [
    'names within names',
    'interface: { name: [[a]] }\nrole: off',
    '1:21 interface.name cannot be a list',
  ],
  ['an open set', 'interface: { name: "e[0" }\nrole: off', '1:20 "[" is never closed with "]"'],
  ['an empty set', 'interface: { name: "e[]" }\nrole: off', '1:20 "[]" matches nothing'],
  ['a range backwards', 'interface: { name: "e[9-0]" }\nrole: off', '1:20 "9-0" matches nothing'],
  [
    'names in one string',
    'interface: { name: "a, b" }\nrole: off',
    '1:20 no interface name has a blank or a comma in it: a list is [wlan0, wwan0]',
  ],
  ['a path', 'interface: { name: /dev/eth0 }\nrole: off', '1:20 no interface can have this name'],
  [
    'a name too long',
    'interface: { name: averyveryverylongname }\nrole: off',
    '1:20 no interface name is longer than 15 bytes',
  ],
  [
    'an exclusion',
    'interface: { name: "!docker*" }\nrole: off',
    '1:20 "!" does not exclude: name what is meant, or put an earlier document before it',
  ],
  [
    'a glob without quotes',
    'interface: { name: *wlan }\nrole: off',
    '1:20 "*" starts an alias, which policies do not have: put quotes around "*wlan"',
  ],
  [
    'the shortest glob without quotes',
    'interface: { name: * }\nrole: off',
    '1:20 "*" starts an alias, which policies do not have: put quotes around "*"',
  ],
  [
    'an alias',
    `${NAME}role: &x off\nannounce: *x`,
    '3:11 "*" starts an alias, which policies do not have: put quotes around "*x"',
  ],
  [
    'a duration without unit',
    `${GOOD}ready: { settle: 2 }`,
    '3:18 ready.settle cannot be 2, to YAML a number',
  ],
  ['a wrong unit', `${GOOD}ready: { settle: 2d }`, '3:18 ready.settle cannot be "2d"'],
  ['a negative duration', `${GOOD}ready: { settle: -1s }`, '3:18 ready.settle cannot be "-1s"'],
  ['a blank in a duration', `${GOOD}ready: { settle: 2 s }`, '3:18 ready.settle cannot be "2 s"'],
  [
    'a duration too long',
    `${GOOD}ready: { settle: 25h }`,
    '3:18 no more than a day (24h) is possible',
  ],
  [
    'a misspelt route',
    `${GOOD}ready: { route: defualt }`,
    '3:17 ready.route cannot be "defualt": did you mean "default"?',
  ],
  ['a word for a mapping', `${GOOD}ready: now`, '3:8 ready cannot be "now"'],
  ['a boolean of YAML 1.1', `${GOOD}announce: yes`, '3:11 announce cannot be "yes"'],
  [
    'a number to announce',
    `${GOOD}announce: 5000`,
    '3:11 announce cannot be 5000, to YAML a number',
  ],
  ['a list to announce', `${GOOD}announce: [5000]`, '3:11 announce cannot be a list'],
  ['port 0', `${GOOD}announce: { port: 0 }`, '3:19 announce.port cannot be 0'],
  ['a port too high', `${GOOD}announce: { port: 70000 }`, '3:19 announce.port cannot be 70000'],
  [
    'half a port',
    `${GOOD}announce: { port: 1.5 }`,
    '3:19 announce.port cannot be 1.5, to YAML a number',
  ],
  ['a port in quotes', `${GOOD}announce: { port: "5000" }`, '3:19 announce.port cannot be "5000"'],
  ['an empty port', `${GOOD}announce: { port: }`, '3:13 announce.port cannot be empty'],
  ['no port', `${GOOD}announce: {}`, '3:11 announce.port is missing'],
  [
    'a misspelt port',
    `${GOOD}announce: { prot: 5000 }`,
    '3:13 unknown key "prot": did you mean "port"?',
  ],
  ['more than a port', `${GOOD}announce: { port: 5000, backlog: 1 }`, '3:25 unknown key "backlog"'],
  [
    'one family',
    `${GOOD}addresses: { families: ipv4 }`,
    '3:24 addresses.families cannot be "ipv4"',
  ],
  ['no families', `${GOOD}addresses: { families: [] }`, '3:24 addresses.families cannot be empty'],
  [
    'a family that is none',
    `${GOOD}addresses: { families: [ipv4, ip6] }`,
    '3:31 addresses.families cannot be "ip6": did you mean "ipv6"?',
  ],
  [
    'a scope that is none',
    `${GOOD}addresses: { scope: host }`,
    '3:21 addresses.scope cannot be "host"',
  ],
  [
    'a document of a later version',
    'connections: { port: 22 }\npaths: {}',
    '1:1 this version of subflowd does not support "connections" yet',
  ],
  ['settings', 'manager: auto', '1:1 this version of subflowd does not support "manager" yet'],
  ['a list', '- a', '1:1 a document cannot be a list'],
  ['a word', 'wlan0', '1:1 a document cannot be "wlan0"'],
  ['two roles', `${GOOD}role: backup`, '3:1 duplicate key "role": it stands on line 2 already'],
  [
    'two names',
    'interface: { name: a, name: b }\nrole: off',
    '1:23 duplicate key "name": it stands on line 1 already',
  ],
  ['a tab', `${GOOD}ready:\n\tsettle: 1s`, '4:1 not YAML: tabs are not allowed as indentation'],
  [
    'an open bracket',
    'interface: { name: [a }',
    '1:23 not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    '1:23 not YAML: flow map in block collection must be sufficiently indented and end with a }',
  ],
  [
    'no colon',
    `${NAME}role active`,
    '2:1 not YAML: implicit map keys need to be followed by map values',
  ],
  ['a tag', `${NAME}role: !x off`, '2:7 not YAML: unresolved tag: !x'],
  ['a directive', '%SUBFLOWD 1\n', '1:1 not YAML: unknown directive %SUBFLOWD'],
  ['a very long word', `${NAME}role: ${'x'.repeat(99)}`, `2:7 role cannot be "${'x'.repeat(40)}…"`],
  ['deep nesting', `${NAME}role: ${'['.repeat(50)}`, '2:22 nested too deeply for a policy'],
  [
    'three documents, two of them wrong',
    `role: off\n---\n${GOOD}---\n${NAME}role: of\n`,
    '1:1 interface is missing',
    '7:7 role cannot be "of": did you mean "off"?',
  ],
];

for (const [about, text, ...expected] of cases) {
  t.test(about, async (t) => t.same(complaints(text), expected));
}

t.test('the table is no shorter than it should be', async (t) => t.ok(cases.length >= 40));

const shown = (name: string, text: string): string => {
  try {
    parsePolicy([{ name, text }]);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

t.test('a problem is shown with its line, a caret and what was expected', async (t) => {
  const text = `${NAME}role: activ\nredy: {}\n`;
  t.equal(
    shown('/etc/subflowd/policies/laptop.yaml', text),
    `/etc/subflowd/policies/laptop.yaml:2:7: role cannot be "activ": did you mean "active"?
  role: activ
        ^^^^^
  expected active, backup, standby or off

/etc/subflowd/policies/laptop.yaml:3:1: unknown key "redy": did you mean "ready"?
  redy: {}
  ^^^^
  expected interface, role, addresses, ready or announce`,
  );
});

t.test('alternatives say what is expected of each', async (t) => {
  t.equal(
    shown('p.yaml', `${GOOD}announce: { port: 70000 }\n---\n${GOOD}announce: yes\n`),
    `p.yaml:3:19: announce.port cannot be 70000
  announce: { port: 70000 }
                    ^^^^^
  expected a port from 1 to 65535

p.yaml:7:11: announce cannot be "yes"
  announce: yes
            ^^^
  expected true, false, or a mapping with port`,
  );
});

t.test('the caret stands below its column after tabs, and within a long line', async (t) => {
  t.equal(shown('p', `${NAME}role:\t\tx`).split('\n')[2], '       \t\t^');
  const [, source = '', carets = ''] = shown(
    'p',
    `${NAME}role: off\nannounce: ${' '.repeat(200)}x`,
  ).split('\n');
  t.equal(source.indexOf('x'), carets.indexOf('^'));
  t.ok(source.length <= 103);
});

t.test('a file cannot write to the terminal through its errors', async (t) => {
  const text = `${GOOD}"\\e[31m": 1\nx\u001b[2J\u202e: 1\n`;
  t.notMatch(shown('p\n\u001b[31m', text), /[^\P{Cc}\n]|\u202e/u);
});

t.test('a file full of problems is cut short', async (t) => {
  const problems = complaints('role: x\n---\n'.repeat(1_000));
  t.equal(problems.length, 101);
  t.equal(problems.at(-1), 'undefined:undefined 1900 more problems');
});

t.test('files made to take long or to end the process do neither', async (t) => {
  const size = 1 << 16;
  const hostile: Record<string, string> = {
    'open brackets': '['.repeat(size),
    'open braces': '{'.repeat(size),
    'nested items': '- '.repeat(size / 2),
    'nested keys': '? '.repeat(size / 2),
    'nested mappings': 'a: '.repeat(size / 3),
    'many keys': `{${Array.from({ length: 9_000 }, (_, i) => `a${i}`).join()}}`,
    'aliases of aliases': `a: &a [x,x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*a,*a]`).join('\n')}`,
    'an alias of itself': 'interface: &a { name: *a }\nrole: off',
    anchors: '&a '.repeat(size / 3),
  };
  for (const [about, text] of Object.entries(hostile)) t.not(complaints(text).length, 0, about);
});
