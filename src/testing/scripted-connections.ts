// The connections of a scripted host: how they begin and end, and what their peers do.

import { type SocketAddress, unmapped } from '../model/address.ts';
import type { KernelEvent } from '../model/event.ts';
import type { Subflow } from '../model/subflow.ts';
import {
  implicitId,
  makeSubflow,
  type ScriptedConnection,
  subflowEvent,
} from './scripted-connection.ts';
import type { ScriptedHost } from './scripted-host.ts';

const TIMED_OUT = 110;

export interface OpenOptions {
  readonly token: number;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly serverSide?: boolean;
  readonly owner?: 'userspace' | 'kernel';
  /** Whether the peer has acknowledged data already; true unless given. */
  readonly established?: boolean;
  readonly denyJoinId0?: boolean;
}

/** What older kernels cannot do. */
export type Lack =
  /** Show a connection's list of local addresses, nor whose it is. */
  | 'address-lists'
  /** Flag a join as backup, whatever is asked. */
  | 'backup-joins'
  /** Tell the end of a subflow once: it is told again, with nothing but zeros. */
  | 'single-sub-closed'
  /** The in-kernel path manager refuses a taken id, a taken address and a full table all with EINVAL. */
  | 'refusal-codes';

export class ScriptedConnections {
  readonly byToken = new Map<number, ScriptedConnection>();
  readonly lacks = new Set<Lack>();
  /** How many subflows the peers allow besides the initial one. */
  peerLimit = 8;
  readonly #tell: (event: KernelEvent) => void;
  readonly #host: ScriptedHost;
  #nextPort = 40_000;

  constructor(tell: (event: KernelEvent) => void, host: ScriptedHost) {
    this.#tell = tell;
    this.#host = host;
  }

  open(options: OpenOptions): void {
    const { token, local, remote, serverSide = false, established = true } = options;
    const family = local.address.includes(':') ? 'ipv6' : 'ipv4';
    const { owner = 'userspace', denyJoinId0 = false } = options;
    const connection: ScriptedConnection = {
      ...{ token, family, local, remote, serverSide, owner, established },
      subflows: [],
      addresses: [],
      peer: new Map([[0, { address: unmapped(remote.address), port: remote.port }]]),
      silent: new Set(),
    };
    connection.subflows.push(makeSubflow(connection, { initial: true, local, remote }));
    this.byToken.set(token, connection);
    const event = { token, family, local, remote, serverSide, denyJoinId0 } as const;
    this.#tell({ kind: 'created', ...event });
    if (established) this.#tell({ kind: 'established', ...event });
  }

  /** The peer acknowledges the first data: from now on the connection may be joined. */
  acknowledge(token: number): void {
    const connection = this.get(token);
    connection.established = true;
    connection.subflows = connection.subflows.map((s) => ({ ...s, fullyEstablished: true }));
    const { family, local, remote, serverSide } = connection;
    const event = { token, family, local, remote, serverSide, denyJoinId0: false };
    this.#tell({ kind: 'established', ...event });
  }

  /**
   * The application closes the connection; a fast close by the peer is `quietly`: no event tells. Nor does any tell that
   * it began where it was refused, or became plain TCP: of such a one only the end is told.
   */
  end(token: number, quietly = false): void {
    this.byToken.delete(token);
    if (!quietly) this.#tell({ kind: 'closed', token });
  }

  /** The peer joins from an address of its own, at one of ours. */
  peerJoins(token: number, remoteId: number, local: SocketAddress, remote: SocketAddress): void {
    const connection = this.get(token);
    const localId = implicitId(connection, unmapped(local.address));
    const parts = { initial: false, initiatedHere: false, local, remote, localId, remoteId };
    const subflow = makeSubflow(connection, { ...parts, fullyEstablished: true });
    connection.subflows.push(subflow);
    this.#tell(subflowEvent('sub-established', subflow));
  }

  /** The kernel gives up on the joins that were never answered. The peer's port is not told. */
  giveUp(token: number): void {
    const connection = this.get(token);
    const unanswered = connection.subflows.filter(({ state }) => state === 'syn-sent');
    for (const subflow of unanswered) this.close(connection, subflow, TIMED_OUT);
  }

  /** A subflow of this connection begins, unless the peer is silent, or closes it at once. */
  join(
    connection: ScriptedConnection,
    parts: Pick<Subflow, 'local' | 'remote' | 'remoteId'> & Partial<Subflow>,
  ): void {
    const local = { address: parts.local.address, port: this.#nextPort++ };
    const subflow = makeSubflow(connection, {
      ...parts,
      initial: false,
      initiatedHere: true,
      local,
    });
    if (!this.#isAnswered(connection, subflow)) {
      connection.subflows.push({ ...subflow, state: 'syn-sent', fullyEstablished: false });
      return;
    }
    connection.subflows.push(subflow);
    this.#tell(subflowEvent('sub-established', subflow));
    // A peer at its limit accepts first and closes at once, without a reason.
    const isJoin = ({ initial, state }: Subflow) => !initial && state === 'established';
    if (connection.subflows.filter(isJoin).length > this.peerLimit) this.close(connection, subflow);
  }

  /** A SYN is sent again and again: once its path carries it, it is answered. */
  answerJoins(): void {
    for (const connection of this.byToken.values()) {
      connection.subflows = connection.subflows.map((subflow) => {
        if (subflow.state !== 'syn-sent' || !this.#isAnswered(connection, subflow)) return subflow;
        this.#tell(subflowEvent('sub-established', subflow));
        return { ...subflow, state: 'established', fullyEstablished: true };
      });
    }
  }

  #isAnswered({ silent }: ScriptedConnection, { local, remoteId }: Subflow): boolean {
    return this.#host.reaches(unmapped(local.address)) && !silent.has(remoteId);
  }

  /** A join to where nobody listens. */
  refuse(
    connection: ScriptedConnection,
    local: SocketAddress,
    parts: Partial<Subflow>,
    error: number,
  ): void {
    const from = { address: local.address, port: this.#nextPort++ };
    const remote = parts.remote ?? connection.remote;
    const subflow = makeSubflow(connection, { ...parts, initial: false, local: from, remote });
    this.#tellClosed(subflow, error);
  }

  close(connection: ScriptedConnection, subflow: Subflow, error = 0): void {
    connection.subflows = connection.subflows.filter((other) => other !== subflow);
    const { state, remote } = subflow;
    const told = state === 'syn-sent' ? { ...subflow, remote: { ...remote, port: 0 } } : subflow;
    this.#tellClosed(told, error);
  }

  get(token: number): ScriptedConnection {
    const known = this.byToken.get(token);
    if (known === undefined) throw new Error(`no connection ${token}`);
    return known;
  }

  #tellClosed(subflow: Subflow, error: number): void {
    this.#tell(subflowEvent('sub-closed', subflow, error));
    if (!this.lacks.has('single-sub-closed')) return;
    const nothing = { address: subflow.family === 'ipv4' ? '0.0.0.0' : '::', port: 0 };
    const again = { ...subflow, local: nothing, remote: nothing, localId: 0, remoteId: 0 };
    this.#tell(subflowEvent('sub-closed', again, error));
  }
}
