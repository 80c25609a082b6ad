// A kernel that behaves, as far as the engine can tell, like Linux 6.18: connections, subflows, address lists, links.
// No privileges, no time of its own. The contract suite runs against this one and the real one alike.

import type { Kernel } from '../kernel/kernel.ts';
import { type Family, familyOf, type SocketAddress } from '../model/address.ts';
import type { Command } from '../model/command.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';
import type { Interface } from '../model/interface.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isPair, type ScriptedConnection } from './scripted-connection.ts';
import { type Lack, type OpenOptions, ScriptedConnections } from './scripted-connections.ts';
import type { ScriptedEndpoints } from './scripted-endpoints.ts';
import { ScriptedHost } from './scripted-host.ts';
import { ScriptedKernelManager } from './scripted-kernel-manager.ts';
import { ScriptedListeners } from './scripted-listeners.ts';
import { ScriptedPathManager } from './scripted-path-manager.ts';
import { scriptedSnapshot } from './scripted-snapshot.ts';

export class ScriptedKernel implements Kernel {
  readonly listeners = new ScriptedListeners();
  /** Of the namespace; connections are opened with an `owner` of their own. */
  pathManager: string | undefined;
  /** Tokens of connections of which snapshots show no more than that they are there. */
  readonly veiled = new Set<number>();
  /** Every command that was executed, in order. */
  readonly executed: Command[] = [];
  readonly #tell = (event: KernelEvent): void => {
    this.#queue.push(event);
  };
  readonly #host = new ScriptedHost(this.#tell);
  readonly #connections = new ScriptedConnections(this.#tell, this.#host);
  readonly #pathManager = new ScriptedPathManager(this.#host, this.#connections);
  readonly #kernelManager = new ScriptedKernelManager(this.#host, this.#connections);
  #listener: (batch: readonly KernelEvent[]) => void = () => {};
  #queue: KernelEvent[] = [];

  get interfaces(): Map<number, Interface> {
    return this.#host.interfaces;
  }

  get connections(): ReadonlyMap<number, ScriptedConnection> {
    return this.#connections.byToken;
  }

  /** The in-kernel path manager's table. */
  get endpoints(): ScriptedEndpoints {
    return this.#kernelManager.endpoints;
  }

  get lacks(): Set<Lack> {
    return this.#connections.lacks;
  }

  /** How many subflows the peers allow besides the initial one. */
  set peerLimit(limit: number) {
    this.#connections.peerLimit = limit;
  }

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
      if (command.kind === 'observe') {
        const subflow = this.connections.get(command.token)?.subflows.find(isPair(command));
        this.#tell({ kind: 'observed', command, ...(subflow && { subflow }) });
      } else {
        const refusal = this.#run(command);
        this.#tell({ kind: 'command-done', command, ...(refusal && { refusal }) });
      }
    }
  }

  /** What was not told yet is told to nobody. */
  close(): void {
    this.#listener = () => {};
    this.#queue = [];
    this.listeners.closeOurs();
  }

  /** The wall clock jumps, as it does when the machine resumes. */
  setClock(): void {
    this.#tell({ kind: 'clock-set' });
  }

  /** Says that events were lost, as the kernel does after a receive buffer overflow. */
  overflow(): void {
    this.#queue = [{ kind: 'lost', socket: 'mptcp_pm', reason: 'receive buffer overflow' }];
  }

  /** An event of a kernel newer than this version. */
  tellUnknown(command: number): void {
    const attributes = new Map([[1, new Uint8Array([1, 0, 0, 0])]]);
    this.#tell({ kind: 'unknown', command, attributes });
  }

  addInterface(index: number, name: string, addresses: readonly string[]): void {
    this.#host.addInterface(index, name, addresses);
  }

  setCarrier(index: number, running: boolean): void {
    this.#host.setCarrier(index, running);
    this.#connections.answerJoins();
  }

  setSilence(index: number, silent: boolean): void {
    this.#host.setSilence(index, silent);
    this.#connections.answerJoins();
  }

  setDefaultRoutes(index: number, families: readonly Family[]): void {
    this.#host.setDefaultRoutes(index, families);
  }

  addAddress(index: number, address: string): void {
    this.#host.addAddress(index, address);
  }

  removeAddress(index: number, address: string): void {
    this.#host.removeAddress(index, address);
  }

  open(options: OpenOptions): void {
    this.#connections.open(options);
    this.#kernelManager.join();
  }

  acknowledge(token: number): void {
    this.#connections.acknowledge(token);
    this.#kernelManager.join();
  }

  end(token: number, quietly = false): void {
    this.#connections.end(token, quietly);
  }

  /** The peer announces another address of its own. */
  peerAnnounces(token: number, remoteId: number, remote: SocketAddress): void {
    this.#connections.get(token).peer.set(remoteId, remote);
    this.#tell({ kind: 'announced', token, remoteId, remote });
    this.#kernelManager.join();
  }

  /** From now on the peer refuses joins to this address of its own. */
  peerRefuses(token: number, remoteId: number): void {
    this.#connections.get(token).peer.delete(remoteId);
  }

  /** From now on nobody answers at this address of the peer. */
  peerIsSilent(token: number, remoteId: number): void {
    this.#connections.get(token).silent.add(remoteId);
  }

  peerJoins(token: number, remoteId: number, local: SocketAddress, remote: SocketAddress): void {
    this.#connections.peerJoins(token, remoteId, local, remote);
  }

  /** Another program makes a subflow. */
  somebodyJoins(token: number, address: string, localId: number, remote: SocketAddress): void {
    const local = { address, port: 0 };
    const command = { kind: 'subflow-create', token, local, localId, remote } as const;
    const refused = this.#pathManager.run({ ...command, ifindex: 0, backup: false });
    if (refused !== undefined) throw new Error(`join refused: ${refused.text}`);
  }

  giveUp(token: number): void {
    this.#connections.giveUp(token);
  }

  /** Another program's listener ends, and an event tells. */
  stopServing(local: SocketAddress): void {
    this.listeners.stopServing(local);
    this.#tell({ kind: 'listener-closed', family: familyOf(local.address), local });
  }

  /** Another program deletes an endpoint, whosever it is. */
  deleteEndpoint(id: number): void {
    this.#kernelManager.run({ kind: 'del-addr', id });
  }

  #run(command: Command): Refusal | undefined {
    if (command.kind === 'observe') return undefined;
    if (command.kind === 'listen' || command.kind === 'unlisten') {
      return this.listeners.run(command, this.#host.has(command.local.address));
    }
    if (command.kind === 'select-path-manager') {
      this.pathManager = command.manager;
      return undefined;
    }
    return 'token' in command ? this.#pathManager.run(command) : this.#kernelManager.run(command);
  }
}
