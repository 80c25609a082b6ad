// The status as people read it.

import type {
  AddressStatus,
  ConnectionStatus,
  InterfaceStatus,
  PolicyStatus,
  RuleStatus,
  Status,
} from '../control/index.ts';
import { formatConnections } from './format-connections.ts';
import { formatEndpoints } from './format-endpoints.ts';
import { formatListeners } from './format-listeners.ts';
import type { Paint } from './paint.ts';
import { type Cell, formatTable, type Row, type Style } from './table.ts';

export const formatStatus = (status: Status, paint: Paint): string => {
  const { version, pid, since, manager, policy, interfaces, connections, listeners, counters } =
    status;
  const sections: string[][] = [
    [`subflowd ${version}, pid ${pid}, decides since ${since} (${manager} path manager)`],
    formatTroubles(status, paint),
    formatPolicy(policy, paint),
    formatInterfaces(interfaces, paint),
    formatEndpoints(status, paint),
    formatConnections(connections, paint),
    formatListeners(listeners),
    hints(policy, connections),
    [
      Object.entries(counters)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
    ],
  ];
  const shown = sections.filter((lines) => lines.join('') !== '');
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
};

const formatTroubles = (
  { conflicts = [], snapshotProblem }: Pick<Status, 'conflicts' | 'snapshotProblem'>,
  paint: Paint,
): string[] => [
  ...(snapshotProblem === undefined
    ? []
    : [paint('red', `the kernel cannot be read now, this is what was known: ${snapshotProblem}`)]),
  ...conflicts.map((found) => paint('red', `conflict: ${found}, again and again: it is left so`)),
];

const formatPolicy = ({ rules, problem }: PolicyStatus, paint: Paint): string[] => {
  const rows = rules.map(
    ({ source, match, role, interfaces }): Row => [
      source,
      match,
      role,
      interfaces.length > 0 ? interfaces.join(', ') : { text: 'none yet', style: 'dim' },
    ],
  );
  const table = formatTable(['POLICY', 'MATCHES', 'ROLE', 'NOW'], rows, paint);
  if (problem === undefined) return table;
  return [
    ...table,
    paint('red', 'the policy files have changed, and are not in force:'),
    ...problem.split('\n'),
  ];
};

const formatInterfaces = (interfaces: readonly InterfaceStatus[], paint: Paint): string[] => {
  const rows = interfaces.flatMap(({ name, role, addresses }) => {
    const cells: Cell[] = [name, role ?? '-'];
    if (addresses.length === 0) return [[...cells, { text: 'no address', style: 'dim' as const }]];
    return addresses.map(
      (address, index): Row => [...(index === 0 ? cells : ['', '']), ...addressCells(address)],
    );
  });
  return rows.length === 0
    ? []
    : formatTable(['INTERFACE', 'ROLE', 'STATE', 'ADDRESS'], rows, paint);
};

const STATES: Readonly<Record<AddressStatus['state'], Style>> = {
  usable: 'green',
  lost: 'red',
  unwanted: 'dim',
  off: 'dim',
  foreign: 'dim',
};

/** The reason last: it is the longest, and most addresses have none. */
const addressCells = ({ address, state, why }: AddressStatus): Cell[] => [
  { text: state, style: STATES[state] },
  why === undefined || why.startsWith(address) ? (why ?? address) : `${address} (${why})`,
];

const hints = (policy: PolicyStatus, connections: readonly ConnectionStatus[]): string[] => [
  ...(policy.rules.some(isMet) ? [] : [unmet(policy.rules)]),
  ...(connections.length > 0
    ? []
    : ['no MPTCP connections yet: programs open them, such as "curl --mptcp" from version 8.9 on']),
];

const isMet = ({ role, interfaces }: RuleStatus): boolean =>
  role !== 'off' && interfaces.length > 0;

const unmet = (rules: readonly RuleStatus[]): string => {
  const [only] = rules;
  const what = rules.length === 1 && only ? `policy ${only.source} (${only.match})` : 'the policy';
  return `${what} matches no interface yet: "ip link" shows what there is`;
};
