import t from 'tap';
import { formatCapabilities } from '../../src/cli/capabilities.ts';
import { plain } from '../../src/cli/paint.ts';
import { describeMissing } from '../../src/daemon/log-capabilities.ts';
import {
  type CapabilityName,
  type Findings,
  type Has,
  interpret,
} from '../../src/kernel/capabilities.ts';

const familyOf = (operations: number, groups = ['mptcp_pm_cmds', 'mptcp_pm_events']) => ({
  operations: Array.from({ length: operations }, (_, i) => ({ id: i + 1, flags: 0x1a })),
  groups,
});

const INVALID = { refusal: { errno: 22, code: 'EINVAL', text: 'invalid token' } };

const NEW: Findings = {
  family: familyOf(11),
  tokenDump: INVALID,
  sysctls: ['enabled', 'path_manager', 'pm_type'],
  diag: { connections: 1, subflows: 2 },
};

interface Row {
  readonly title: string;
  readonly findings: Findings;
  readonly has: Readonly<Partial<Record<CapabilityName, Has>>>;
}

const ROWS: readonly Row[] = [
  {
    title: 'a new kernel',
    findings: NEW,
    has: {
      'subflow-create': 'yes',
      'token-dump': 'yes',
      'backup-join': 'inferred',
      'interface-join': 'inferred',
      'listener-events': 'inferred',
      laminar: 'unknown',
      path_manager: 'yes',
      'diag-subflows': 'yes',
    },
  },
  {
    title: 'before path_manager, without a connection (6.12)',
    findings: { ...NEW, sysctls: ['pm_type'], diag: { connections: 0, subflows: 0 } },
    has: { path_manager: 'no', pm_type: 'yes', diag: 'yes', 'diag-subflows': 'unknown' },
  },
  {
    title: 'before token dumps (6.1)',
    findings: { ...NEW, sysctls: ['pm_type'], tokenDump: {} },
    has: {
      'subflow-create': 'yes',
      'token-dump': 'no',
      'backup-join': 'no',
      'interface-join': 'no',
      'listener-events': 'unknown',
    },
  },
  {
    title: 'before the userspace path manager (5.15)',
    findings: { ...NEW, family: familyOf(7), sysctls: ['enabled'], tokenDump: {} },
    has: {
      'set-flags': 'yes',
      announce: 'no',
      'subflow-destroy': 'no',
      events: 'yes',
      pm_type: 'no',
    },
  },
  {
    title: 'before events (5.10)',
    findings: { ...NEW, family: familyOf(6, ['mptcp_pm_cmds']), tokenDump: {} },
    has: { 'get-limits': 'yes', 'set-flags': 'no', events: 'no', 'listener-events': 'no' },
  },
  {
    title: 'no MPTCP',
    findings: { family: undefined, tokenDump: undefined, sysctls: [], diag: 'ENOENT' },
    has: {
      'add-addr': 'no',
      events: 'no',
      'token-dump': 'no',
      'backup-join': 'no',
      'listener-events': 'no',
      laminar: 'no',
      pm_type: 'no',
      diag: 'no',
      'diag-subflows': 'no',
    },
  },
  {
    title: 'an answer that nobody expects',
    findings: { ...NEW, tokenDump: { refusal: { errno: 1, code: 'EPERM' } } },
    has: { 'token-dump': 'unknown', 'backup-join': 'unknown', 'listener-events': 'unknown' },
  },
  {
    title: 'connections without subflows, as CAP_NET_ADMIN alone may see them',
    findings: { ...NEW, diag: { connections: 3, subflows: 0 } },
    has: { diag: 'yes', 'diag-subflows': 'unknown' },
  },
];

for (const { title, findings, has } of ROWS) {
  t.test(title, async (t) => {
    const capabilities = interpret(findings);
    for (const [name, expected] of Object.entries(has)) {
      t.equal(capabilities[name as CapabilityName].has, expected, name);
    }
    for (const [name, { has, instead }] of Object.entries(capabilities)) {
      t.equal(instead !== undefined, has === 'no' || has === 'unknown', `${name}: instead`);
    }
  });
}

t.test('the daemon says what is missing, and nothing where nothing is', async (t) => {
  t.equal(describeMissing(interpret(NEW)), undefined);
  t.equal(
    describeMissing(interpret({ ...NEW, sysctls: ['pm_type'] })),
    'this kernel lacks: path_manager (pm_type is written)',
  );
});

t.test('the table has a row for each', async (t) => {
  const lines = formatCapabilities(interpret(NEW), plain).trimEnd().split('\n');
  t.equal(lines.length, 1 + 21);
  t.match(lines[0], /^CAPABILITY +HAS +KNOWN FROM +WITHOUT IT$/);
  t.match(
    lines.find((line) => line.startsWith('laminar')),
    /unknown +shows at the first use +the/,
  );
});
