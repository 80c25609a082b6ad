// A kernel that behaves, as far as the engine can tell, like Linux 6.18: connections, subflows, address lists, links.
// No privileges, no time of its own. The contract suite runs against this one and the real one alike.

import type { Kernel } from '../kernel/kernel.ts';
import { type Family, familyOf, type SocketAddress, unmapped } from '../model/address.ts';
import type { Command, PathManagerCommand } from '../model/command.ts';
import { EndpointFlag } from '../model/endpoint.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';
import type { Interface } from '../model/interface.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Subflow } from '../model/subflow.ts';
import {
  globalAddress,
  isPair,
  list,
  refusal,
  remoteIdOf,
  type ScriptedConnection,
  subflowEvent,
} from './scripted-connection.ts';
import { isUsedBy, ScriptedEndpoints } from './scripted-endpoints.ts';
import { ScriptedListeners } from './scripted-listeners.ts';
import { scriptedSnapshot } from './scripted-snapshot.ts';

/** What older kernels cannot do. */
export type Lack =
  /** Show a connection's list of local addresses, nor whose it is. */
  | 'address-lists'
  /** Flag a join as backup, whatever is asked. */
  | 'backup-joins'
  /** The in-kernel path manager refuses a taken id, a taken address and a full table all with EINVAL. */
  | 'refusal-codes';

const REFUSED = 111;
const RESET = 104;
const UNREACHABLE = 101;

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

export class ScriptedKernel implements Kernel {
  readonly interfaces = new Map<number, Interface>();
  readonly connections = new Map<number, ScriptedConnection>();
  readonly lacks = new Set<Lack>();
  /** The in-kernel path manager's table. */
  readonly endpoints = new ScriptedEndpoints(this.lacks);
  /** How many subflows the peers allow besides the initial one. */
  peerLimit = 8;
  /** Of the namespace; connections are opened with an `owner` of their own. */
  pathManager: string | undefined;
  /** Tokens of connections of which snapshots show no more than that they are there. */
  readonly veiled = new Set<number>();
  readonly listeners = new ScriptedListeners();
  /** Every command that was executed, in order. */
  readonly executed: Command[] = [];
  #listener: (batch: readonly KernelEvent[]) => void = () => {};
  #queue: KernelEvent[] = [];
  /** Interfaces whose packets are lost, without anybody being told. */
  readonly #silent = new Set<number>();
  #nextPort = 40_000;

  events(listener: (batch: readonly KernelEvent[]) => void): void {
    this.#listener = listener;
  }

  /** Hands over what has happened since the last time, in one batch. Returns how many events it held. */
  deliver(): number {
    const batch = this.#queue;
    this.#queue = [];
    if (batch.length > 0) this.#listener(batch);
    return batch.length;
  }

  async snapshot(): Promise<Snapshot> {
    return scriptedSnapshot(this);
  }

  execute(commands: readonly Command[]): void {
    for (const command of commands) {
      this.executed.push(command);
      if (command.kind === 'observe') this.#observe(command);
      else this.#answer(command, this.#run(command));
    }
  }

  close(): void {
    this.#listener = () => {};
    this.listeners.closeOurs();
  }

  /** Another program's listener ends, and an event tells. */
  stopServing(local: SocketAddress): void {
    this.listeners.stopServing(local);
    this.#queue.push({ kind: 'listener-closed', family: familyOf(local.address), local });
  }

  /** The wall clock jumps, as it does when the machine resumes. */
  setClock(): void {
    this.#queue.push({ kind: 'clock-set' });
  }

  /** Says that events were lost, as the kernel does after a receive buffer overflow. */
  overflow(): void {
    this.#queue = [{ kind: 'lost', socket: 'mptcp_pm', reason: 'receive buffer overflow' }];
  }

  addInterface(index: number, name: string, addresses: readonly string[]): void {
    this.interfaces.set(index, {
      index,
      name,
      up: true,
      running: true,
      loopback: name === 'lo',
      addresses: addresses.map(globalAddress),
      defaultRoutes: ['ipv4', 'ipv6'],
    });
  }

  /** The carrier goes or returns. No subflow ends by that, and no path-manager event tells. */
  setCarrier(index: number, running: boolean): void {
    const known = this.#interface(index);
    this.interfaces.set(index, { ...known, running });
    const { name, up, loopback } = known;
    this.#queue.push({ kind: 'link', index, name, up, running, loopback });
    this.#answerJoins();
  }

  /** All packets of the interface are lost, or not any more, and nobody is told. */
  setSilence(index: number, silent: boolean): void {
    if (silent) this.#silent.add(index);
    else this.#silent.delete(index);
    this.#answerJoins();
  }

  /** Its default routes come or go; the carrier stays. */
  setDefaultRoutes(index: number, families: readonly Family[]): void {
    this.interfaces.set(index, { ...this.#interface(index), defaultRoutes: families });
    const all = [...this.interfaces].map(([key, one]) => [key, one.defaultRoutes] as const);
    this.#queue.push({ kind: 'default-routes', families: new Map(all) });
  }

  removeAddress(index: number, address: string): void {
    const known = this.#interface(index);
    const addresses = known.addresses.filter((entry) => entry.address !== address);
    this.interfaces.set(index, { ...known, addresses });
    this.#queue.push({ kind: 'address-removed', index, address });
  }

  addAddress(index: number, address: string): void {
    const known = this.#interface(index);
    const added = globalAddress(address);
    this.interfaces.set(index, { ...known, addresses: [...known.addresses, added] });
    this.#queue.push({ kind: 'address', index, address: added });
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
    };
    connection.subflows.push(this.#subflow(connection, { initial: true, local, remote }));
    this.connections.set(token, connection);
    const event = { token, family, local, remote, serverSide, denyJoinId0 } as const;
    this.#queue.push({ kind: 'created', ...event });
    if (established) this.#queue.push({ kind: 'established', ...event });
    this.#useEndpoints();
  }

  /** The peer acknowledges the first data: from now on the connection may be joined. */
  acknowledge(token: number): void {
    const connection = this.#connection(token);
    connection.established = true;
    connection.subflows = connection.subflows.map((s) => ({ ...s, fullyEstablished: true }));
    const { family, local, remote, serverSide } = connection;
    const event = { token, family, local, remote, serverSide, denyJoinId0: false };
    this.#queue.push({ kind: 'established', ...event });
    this.#useEndpoints();
  }

  /** The application closes the connection; a fast close by the peer is `quietly`: no event tells. */
  end(token: number, quietly = false): void {
    this.connections.delete(token);
    if (!quietly) this.#queue.push({ kind: 'closed', token });
  }

  /** The peer announces another address of its own. */
  peerAnnounces(token: number, remoteId: number, remote: SocketAddress): void {
    this.#connection(token).peer.set(remoteId, remote);
    this.#queue.push({ kind: 'announced', token, remoteId, remote });
    this.#useEndpoints();
  }

  /** From now on the peer refuses joins to this address of its own. */
  peerRefuses(token: number, remoteId: number): void {
    this.#connection(token).peer.delete(remoteId);
  }

  #connection(token: number): ScriptedConnection {
    const known = this.connections.get(token);
    if (known === undefined) throw new Error(`no connection ${token}`);
    return known;
  }

  #interface(index: number): Interface {
    const known = this.interfaces.get(index);
    if (known === undefined) throw new Error(`no interface ${index}`);
    return known;
  }

  #answer(command: Command, refusal: Refusal | undefined): void {
    this.#queue.push({ kind: 'command-done', command, ...(refusal && { refusal }) });
  }

  #observe(command: Command & { readonly kind: 'observe' }): void {
    const subflow = this.connections.get(command.token)?.subflows.find(isPair(command));
    this.#queue.push({ kind: 'observed', command, ...(subflow && { subflow }) });
  }

  #run(command: Command): Refusal | undefined {
    if (command.kind === 'listen' || command.kind === 'unlisten') {
      return this.listeners.run(command, this.#hasAddress(command.local.address));
    }
    if (command.kind === 'observe') return undefined;
    if (command.kind === 'select-path-manager') {
      this.pathManager = command.manager;
      return undefined;
    }
    if (!('token' in command)) return this.#runOnEndpoints(command);
    const connection = this.connections.get(command.token);
    if (connection === undefined) return refusal(22, 'invalid token');
    if (connection.owner === 'kernel') return refusal(22, 'userspace PM not selected');
    switch (command.kind) {
      case 'subflow-create':
        return this.#create(connection, command);
      case 'subflow-destroy':
        return this.#destroy(connection, command);
      case 'remove':
        return this.#remove(connection, command.localId);
      case 'announce':
        return list(connection, command.local, command.localId, EndpointFlag.signal);
      case 'set-flags': {
        const index = connection.subflows.findIndex(isPair(command));
        const subflow = connection.subflows[index];
        if (subflow === undefined) return refusal(3, 'subflow not found');
        const backupLocal = (command.flags & EndpointFlag.backup) !== 0;
        connection.subflows[index] = { ...subflow, backupLocal };
        return undefined;
      }
      default:
        command satisfies never;
        return undefined;
    }
  }

  /** Another program deletes an endpoint, whosever it is. */
  deleteEndpoint(id: number): void {
    this.#runOnEndpoints({ kind: 'del-addr', id });
  }

  #runOnEndpoints(command: PathManagerCommand): Refusal | undefined {
    if (command.kind === 'del-addr') {
      const address = this.endpoints.addressOf(command.id) ?? command.address;
      const refused = this.endpoints.run(command);
      if (refused === undefined && address !== undefined) this.#leave(address);
      return refused;
    }
    const refused = this.endpoints.run(command);
    if (refused === undefined) this.#useEndpoints();
    return refused;
  }

  /** The in-kernel path manager joins its connections wherever an endpoint says so, once. */
  #useEndpoints(): void {
    for (const connection of this.connections.values()) {
      if (connection.owner !== 'kernel' || !connection.established) continue;
      for (const endpoint of this.endpoints.list) {
        if (!this.#carries(endpoint.address)) continue;
        for (const [remoteId, remote] of connection.peer) {
          if (!isUsedBy(connection, endpoint, remoteId, this.endpoints.limits)) continue;
          const subflow = this.#subflow(connection, {
            initial: false,
            local: { address: endpoint.address, port: this.#nextPort++ },
            remote,
            localId: unmapped(connection.local.address) === endpoint.address ? 0 : endpoint.id,
            remoteId,
            ifindex: endpoint.ifindex,
            backupLocal: (endpoint.flags & EndpointFlag.backup) !== 0,
          });
          connection.subflows.push(subflow);
          this.#queue.push(subflowEvent('sub-established', subflow));
        }
      }
    }
  }

  #leave(address: string): void {
    for (const connection of this.connections.values()) {
      if (connection.owner !== 'kernel') continue;
      const closed = connection.subflows.filter(({ local }) => unmapped(local.address) === address);
      connection.subflows = connection.subflows.filter((subflow) => !closed.includes(subflow));
      for (const subflow of closed) this.#queue.push(subflowEvent('sub-closed', subflow));
    }
  }

  #create(
    connection: ScriptedConnection,
    command: Command & { readonly kind: 'subflow-create' },
  ): Refusal | undefined {
    const { local, localId, remote, ifindex, backup } = command;
    if (!connection.established) return refusal(107, 'connect error: -107');
    if (!this.#hasAddress(local.address)) return refusal(99, 'connect error: -99');
    const clash = list(connection, local, localId, EndpointFlag.subflow);
    if (clash !== undefined) return clash;
    if (!this.#carries(local.address)) return refusal(UNREACHABLE, 'connect error: -101');
    const remoteId = remoteIdOf(connection, remote);
    const from = { address: local.address, port: this.#nextPort++ };
    const subflow = this.#subflow(connection, {
      ...{ initial: false, local: from, remote, localId, ifindex },
      remoteId: remoteId ?? 0,
      backupLocal: backup && !this.lacks.has('backup-joins'),
    });
    if (!this.#reaches(local.address)) {
      connection.subflows.push({ ...subflow, state: 'syn-sent', fullyEstablished: false });
      return undefined;
    }
    if (remoteId === undefined) {
      this.#queue.push(subflowEvent('sub-closed', subflow, REFUSED));
      return undefined;
    }
    this.#queue.push(subflowEvent('sub-established', subflow));
    if (connection.subflows.filter(({ initial }) => !initial).length < this.peerLimit) {
      connection.subflows.push(subflow);
    } else {
      // A peer at its limit accepts first and closes at once, without a reason.
      this.#queue.push(subflowEvent('sub-closed', subflow));
    }
    return undefined;
  }

  #destroy(
    connection: ScriptedConnection,
    command: Command & { readonly kind: 'subflow-destroy' },
  ): Refusal | undefined {
    const subflow = connection.subflows.find(isPair(command));
    if (subflow === undefined) return refusal(3, 'subflow not found');
    connection.subflows = connection.subflows.filter((other) => other !== subflow);
    // The kernel forgets the address too, though others may use it.
    connection.addresses = connection.addresses.filter(({ id }) => id !== subflow.localId);
    // A join without an answer is told without the peer's port.
    const remote = { ...subflow.remote, port: 0 };
    const event =
      subflow.state === 'syn-sent'
        ? subflowEvent('sub-closed', { ...subflow, remote }, RESET)
        : subflowEvent('sub-closed', subflow);
    this.#queue.push(event);
    return undefined;
  }

  /** A SYN is sent again and again: once its path carries it, it is answered. */
  #answerJoins(): void {
    for (const connection of this.connections.values()) {
      connection.subflows = connection.subflows.map((subflow) => {
        const { state, local } = subflow;
        if (state !== 'syn-sent' || !this.#reaches(unmapped(local.address))) return subflow;
        this.#queue.push(subflowEvent('sub-established', subflow));
        return { ...subflow, state: 'established', fullyEstablished: true };
      });
    }
  }

  /** The peer closes what uses the address; over a dead path nobody hears of it. */
  #remove(connection: ScriptedConnection, localId: number): Refusal | undefined {
    const known = connection.addresses.some(({ id }) => id === localId);
    if (localId !== 0 && !known) return refusal(22, `address with id ${localId} not found`);
    connection.addresses = connection.addresses.filter(({ id }) => id !== localId);
    const closed = connection.subflows.filter(
      (subflow) => subflow.localId === localId && this.#reaches(unmapped(subflow.local.address)),
    );
    connection.subflows = connection.subflows.filter((subflow) => !closed.includes(subflow));
    for (const subflow of closed) this.#queue.push(subflowEvent('sub-closed', subflow));
    return undefined;
  }

  #hasAddress(address: string): boolean {
    return [...this.interfaces.values()].some(({ addresses }) =>
      addresses.some((entry) => entry.address === address),
    );
  }

  #carries(address: string): boolean {
    return [...this.interfaces.values()].some(
      ({ running, addresses }) => running && addresses.some((entry) => entry.address === address),
    );
  }

  #reaches(address: string): boolean {
    const isSilent = [...this.#silent].some((index) =>
      this.#interface(index).addresses.some((entry) => entry.address === address),
    );
    return this.#carries(address) && !isSilent;
  }

  #subflow(
    connection: ScriptedConnection,
    parts: Pick<Subflow, 'initial' | 'local' | 'remote'> & Partial<Subflow>,
  ): Subflow {
    return {
      token: connection.token,
      state: 'established',
      family: parts.local.address.includes(':') ? 'ipv6' : 'ipv4',
      localId: 0,
      remoteId: 0,
      ifindex: 0,
      uid: 0,
      initiatedHere: !connection.serverSide,
      backupLocal: false,
      backupRemote: false,
      fullyEstablished: connection.established,
      rtt: 0,
      ...parts,
    };
  }
}
