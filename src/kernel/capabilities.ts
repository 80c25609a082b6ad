// What this kernel has of MPTCP's path management, from what a probe saw. Never from its version: distributions carry
// changes back.

import type { FamilyDescription, PathManagerReply } from './addon.ts';

/** What a probe saw of one network namespace. */
export interface Findings {
  /** Undefined where the kernel has no family `mptcp_pm`. */
  readonly family: FamilyDescription | undefined;
  /** The answer to a dump of the addresses of a connection that cannot be (token 0). */
  readonly tokenDump: Pick<PathManagerReply, 'refusal'> | undefined;
  /** Names below net.mptcp. */
  readonly sysctls: readonly string[];
  /** How many there are; the code of the error (`ENOENT`) where sock_diag does not list them. */
  readonly diag: { readonly connections: number; readonly subflows: number } | string;
}

/**
 * - `yes`: the kernel told, or did it.
 * - `inferred`: not to be asked without changing something, but what is there is as new or newer.
 * - `no`: the kernel refused, or lacks what came together with it.
 * - `unknown`: shows at the first use.
 */
export type Has = 'yes' | 'inferred' | 'no' | 'unknown';

export interface Capability {
  readonly has: Has;
  /** How that is known. */
  readonly how: string;
  /** What happens without it; absent where it is there. */
  readonly instead?: string;
}

/** MPTCP_PM_CMD_*, by the names of mptcp_pm.yaml. */
const OPERATIONS = {
  'add-addr': 1,
  'del-addr': 2,
  'get-addr': 3,
  'flush-addrs': 4,
  'set-limits': 5,
  'get-limits': 6,
  'set-flags': 7,
  announce: 8,
  remove: 9,
  'subflow-create': 10,
  'subflow-destroy': 11,
} as const;

type Operation = keyof typeof OPERATIONS;

export type CapabilityName =
  | Operation
  | 'events'
  | 'listener-events'
  | 'token-dump'
  | 'backup-join'
  | 'interface-join'
  | 'laminar'
  | 'path_manager'
  | 'pm_type'
  | 'diag'
  | 'diag-subflows';

/** In the order in which people read them. */
export type Capabilities = Readonly<Record<CapabilityName, Capability>>;

const NO_START = 'subflowd does not start';
const NO_ENDPOINTS = 'the in-kernel path manager cannot be set up';

const INSTEAD: Readonly<Record<CapabilityName, string>> = {
  'add-addr': NO_ENDPOINTS,
  'del-addr': NO_ENDPOINTS,
  'get-addr': NO_ENDPOINTS,
  'flush-addrs': NO_ENDPOINTS,
  'set-limits': NO_ENDPOINTS,
  'get-limits': NO_ENDPOINTS,
  'set-flags': 'a subflow keeps the priority that it was made with',
  announce: NO_START,
  remove: NO_START,
  'subflow-create': NO_START,
  'subflow-destroy': NO_START,
  events: NO_START,
  'listener-events': 'nothing tells which listeners there are',
  'token-dump': "a connection's owner and address ids show in the answers to commands",
  'backup-join': 'set-flags makes a subflow backup after its join',
  'interface-join': 'routing by source address alone chooses the interface of a join',
  laminar: 'the kernel drops the flag without a word: an endpoint that is read back shows it',
  path_manager: 'pm_type is written',
  pm_type: 'path_manager is written',
  diag: 'no connection can be read, and subflowd does not start',
  'diag-subflows': 'the kernel shows subflows to CAP_NET_ADMIN alone, which the daemon has',
};

type Known = Omit<Capability, 'instead'>;

/** Pure: what follows from the findings. */
export const interpret = (findings: Findings): Capabilities => {
  const known: Readonly<Record<CapabilityName, Known>> = {
    ...operations(findings),
    events: events(findings),
    'listener-events': listenerEvents(findings),
    'token-dump': tokenDump(findings),
    'backup-join': joinAttribute(findings),
    'interface-join': joinAttribute(findings),
    laminar: laminar(findings),
    path_manager: sysctl(findings, 'path_manager'),
    pm_type: sysctl(findings, 'pm_type'),
    diag: diag(findings),
    'diag-subflows': diagSubflows(findings),
  };
  const entries = Object.entries(known).map(([name, { has, how }]): [string, Capability] => {
    const there = has === 'yes' || has === 'inferred';
    return [name, { has, how, ...(there ? {} : { instead: INSTEAD[name as CapabilityName] }) }];
  });
  return Object.fromEntries(entries) as Record<CapabilityName, Capability>;
};

const NO_FAMILY: Known = { has: 'no', how: 'this kernel has no mptcp_pm' };

const operations = ({ family }: Findings): Record<Operation, Known> => {
  const told = new Set(family?.operations.map(({ id }) => id));
  const entries = Object.entries(OPERATIONS).map(([name, id]): [string, Known] => [
    name,
    family === undefined
      ? NO_FAMILY
      : { has: told.has(id) ? 'yes' : 'no', how: "in the family's list of operations" },
  ]);
  return Object.fromEntries(entries) as Record<Operation, Known>;
};

const events = ({ family }: Findings): Known =>
  family === undefined
    ? NO_FAMILY
    : {
        has: family.groups.includes('mptcp_pm_events') ? 'yes' : 'no',
        how: "in the family's list of groups",
      };

/** A kernel that ignores the token lists the endpoints of the namespace instead, without an error. */
const tokenDump = ({ family, tokenDump }: Findings): Known => {
  if (family === undefined) return NO_FAMILY;
  if (tokenDump === undefined) return { has: 'unknown', how: 'not asked' };
  const { refusal } = tokenDump;
  if (refusal === undefined) return { has: 'no', how: 'the kernel took no notice of the token' };
  return refusal.code === 'EINVAL'
    ? { has: 'yes', how: 'the kernel refused a token that no connection has' }
    : { has: 'unknown', how: `the kernel refused with ${refusal.code}` };
};

/** Both are parsed behind the token: without a connection of one's own nothing tells. They came with the dumps (6.10). */
const joinAttribute = (findings: Findings): Known => {
  const dump = tokenDump(findings);
  if (findings.family === undefined) return NO_FAMILY;
  if (dump.has === 'yes') return { has: 'inferred', how: 'token-dump came with it' };
  if (dump.has === 'no')
    return { has: 'no', how: 'inferred: token-dump, which came with it, is absent' };
  return { has: 'unknown', how: 'shows at the first join' };
};

/** Since 6.2, so a kernel with the dumps of 6.10 has them; an older one may. */
const listenerEvents = (findings: Findings): Known => {
  if (events(findings).has === 'no') return { has: 'no', how: 'there are no events' };
  return tokenDump(findings).has === 'yes'
    ? { has: 'inferred', how: 'token-dump is newer' }
    : { has: 'unknown', how: 'shows at the first listener' };
};

const laminar = ({ family }: Findings): Known =>
  family === undefined ? NO_FAMILY : { has: 'unknown', how: 'shows at the first use' };

const sysctl = ({ sysctls }: Findings, name: string): Known => ({
  has: sysctls.includes(name) ? 'yes' : 'no',
  how: 'in /proc/sys/net/mptcp',
});

const diag = ({ diag }: Findings): Known =>
  typeof diag === 'string'
    ? { has: 'no', how: `sock_diag answered ${diag}` }
    : { has: 'yes', how: 'sock_diag lists MPTCP sockets' };

/** Older kernels leave out what makes a socket a subflow, without a word, for whoever lacks CAP_NET_ADMIN. */
const diagSubflows = ({ diag }: Findings): Known => {
  if (typeof diag === 'string') return { has: 'no', how: `sock_diag answered ${diag}` };
  if (diag.subflows > 0) return { has: 'yes', how: 'seen' };
  return diag.connections > 0
    ? { has: 'unknown', how: 'there are connections, and none shows a subflow' }
    : { has: 'unknown', how: 'shows at the first connection' };
};
