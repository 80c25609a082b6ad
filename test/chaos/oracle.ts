// What must be true once it is quiet, and whether it is. Nothing of subflowd is asked: what is wanted follows from the
// policy and `ip addr`, and what there is from `ss` and `ip mptcp`.

import type { Host, Socket } from '../lab/index.ts';
import type { Findings } from './findings.ts';
import { type Subflow, subflowOf } from './subflow.ts';

/** Which interfaces the policy names, and what it says of them. */
export type Roles = Readonly<Record<string, 'active' | 'backup'>>;

interface ShownInterface {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly scope: string;
  }[];
}

/** Each address that subflows are wanted from; true where they are backups. */
export const wantedFrom = async (host: Host, roles: Roles): Promise<Map<string, boolean>> => {
  const shown = JSON.parse(await host.exec(['ip', '-json', 'addr'])) as ShownInterface[];
  const wanted = new Map<string, boolean>();
  for (const { ifname, flags, addr_info } of shown) {
    const role = roles[ifname];
    if (role === undefined || !flags.includes('LOWER_UP')) continue;
    for (const { family, local, scope } of addr_info) {
      if (family === 'inet' && scope === 'global') wanted.set(local, role === 'backup');
    }
  }
  return wanted;
};

export interface Clients {
  readonly host: Host;
  /** The first of the server's ports, and how many it has. */
  readonly port: number;
  readonly ports: number;
  /** Connections to this port of the host itself are others'. */
  readonly served: number;
  /** How many connections the client says that it has. */
  readonly live: number;
  /**
   * An endpoint that is added later than a connection from its address began does what subflowd does not: it may make a
   * second subflow of the same pair, and it does not flag the initial one.
   */
  readonly inKernel: boolean;
}

/** Every connection of the client has exactly the subflows that are wanted, each with the right flag. */
export const lookAtConnections = async (
  findings: Findings,
  clients: Clients,
  wanted: ReadonlyMap<string, boolean>,
): Promise<void> => {
  const connections = await connectionsOf(clients);
  findings.check(
    'connections are open',
    connections.length === clients.live,
    () => `${connections.length} in ss -M, ${clients.live} in the client`,
  );
  const subflows = Array.from(await clients.host.sockets('subflows'), subflowOf);
  for (const connection of connections) {
    const token = connection.details['token'] ?? '';
    const own = subflows.filter((subflow) => subflow.token === token && subflow.state === 'ESTAB');
    lookAtPairs(findings, connection, clients.inKernel ? distinct(own) : own, wanted);
    lookAtFlags(findings, clients.inKernel ? own.filter(isJoin) : own, wanted);
  }
  for (const subflow of subflows) {
    // What TCP still has to say to a peer that it cannot reach is TCP's own matter.
    const isOpening = subflow.state.startsWith('SYN');
    findings.check('nothing is half open', !isOpening, () => `${subflow.state} ${subflow.pair}`);
  }
};

const connectionsOf = async ({ host, port, ports, served }: Clients): Promise<Socket[]> => {
  const isTheirs = ({ local, remote }: Socket) =>
    portOf(local) !== served && portOf(remote) >= port && portOf(remote) < port + ports;
  const connections = await host.sockets('connections');
  return connections.filter((socket) => socket.state === 'ESTAB' && isTheirs(socket));
};

const portOf = (end: string): number => Number(end.slice(end.lastIndexOf(':') + 1));

const lookAtPairs = (
  findings: Findings,
  connection: Socket,
  subflows: readonly Subflow[],
  wanted: ReadonlyMap<string, boolean>,
): void => {
  const expected = [...wanted.keys()].map((from) => `${from} → ${connection.remote}`).sort();
  const found = subflows.map(({ pair }) => pair).sort();
  findings.check(
    'pairs of addresses',
    expected.join() === found.join(),
    () =>
      `${connection.details['token']}: wanted ${expected.join(', ')}; found ${found.join(', ')}`,
  );
};

const distinct = (subflows: readonly Subflow[]): Subflow[] => [
  ...new Map(subflows.map((subflow) => [subflow.pair, subflow])).values(),
];

const isJoin = ({ initial }: Subflow): boolean => !initial;

const lookAtFlags = (
  findings: Findings,
  subflows: readonly Subflow[],
  wanted: ReadonlyMap<string, boolean>,
): void => {
  for (const { token, from, pair, backup } of subflows) {
    findings.check(
      'backup flags',
      backup === wanted.get(from),
      () => `${token}: ${pair} is ${backup ? 'a' : 'no'} backup`,
    );
  }
};

/** Connections whose peer has not acknowledged all that was written, each with its subflows: where data is stuck. */
export const unsent = async (host: Host): Promise<string[]> => {
  const connections = await host.sockets('connections');
  const stuck = connections.filter(({ details }) => details['write_seq'] !== details['snd_una']);
  const subflows = await host.sockets('subflows');
  return stuck.map((connection) => {
    const { token } = connection.details;
    const own = subflows.filter((subflow) => subflowOf(subflow).token === token);
    return [`${host.name}: ${connection.line}`, ...own.map(({ line }) => line)].join('\n  ');
  });
};

/** The table of endpoints has what it should, and nothing else. `ip` shows each as an address and words. */
export const lookAtEndpoints = async (
  findings: Findings,
  host: Host,
  expected: readonly (readonly [address: string, ...words: string[]])[],
): Promise<void> => {
  const found = await endpoints(host);
  for (const [address, ...words] of expected) {
    const there = found.filter((endpoint) => endpoint[0] === address);
    findings.check(
      'wanted endpoints',
      there.length === 1 && words.every((word) => there[0]?.includes(word)),
      () => `${address} ${words.join(' ')}: ${there.join(' | ') || 'missing'}`,
    );
  }
  for (const endpoint of found) {
    const isWanted = expected.some(([address]) => address === endpoint[0]);
    findings.check('no stale endpoint', isWanted, () => endpoint.join(' '));
  }
};

/** Each as its words: the address, `id`, its number, the flags, `dev`, the interface. */
export const endpoints = async (host: Host): Promise<string[][]> =>
  (await host.exec(['ip', 'mptcp', 'endpoint', 'show']))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([address]) => address !== '');

export const lookForListeners = async (findings: Findings, host: Host): Promise<void> => {
  for (const kind of ['mptcp', 'tcp']) {
    // Not `--listening`: that shows sockets that are closed as well.
    const words = ['ss', `--${kind}`, '--numeric', '--no-header', 'state', 'listening'];
    const listeners = (await host.exec(words)).trim();
    findings.check(`no ${kind} listener`, listeners === '', () => listeners);
  }
};
