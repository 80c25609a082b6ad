// The kernel for programs: events to listen to or to iterate over, commands as promises. Nothing decides here; that is
// what the daemon is for.

import type { PathManagerCommand } from '../model/command.ts';
import type { Endpoint, Limits } from '../model/endpoint.ts';
import type { HostEvent, Lost, PathManagerEvent } from '../model/event.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { Acknowledgements } from './acknowledgements.ts';
import {
  type Addon,
  loadAddon,
  type PathManagerQuery,
  type PathManagerReply,
  type SocketOptions,
} from './addon.ts';
import type { Capabilities } from './capabilities.ts';
import { EventStream } from './event-stream.ts';
import { KernelError, kernelErrorOf, refused } from './kernel-error.ts';
import { probe } from './probe.ts';
import { readSnapshot } from './read-snapshot.ts';
import { RouteWatch } from './route-watch.ts';

/** What the kernel tells by itself: of connections, of the host, and that some of it was lost. */
export type NamespaceEvent = PathManagerEvent | HostEvent | Lost;

export type NamespaceListener = (batch: readonly NamespaceEvent[]) => void;

/** One network namespace. Keeps the process alive until it is closed. */
export interface OpenKernel extends Disposable, AsyncDisposable {
  /**
   * Calls the listener with all that one wake-up found, in the kernel's order; returns what ends that. An exception of
   * the listener is an uncaught one. Throws a {@link KernelError}: EPERM without CAP_NET_ADMIN in the namespace.
   */
  listen(listener: NamespaceListener): () => void;
  /**
   * Events from the call on, one after another; ends with `close`. A `lost` among them says that some are missing, or
   * that more than 65,536 waited to be read: then `snapshot` tells what is true. Throws as `listen` does.
   */
  events(): AsyncIterableIterator<NamespaceEvent>;
  /**
   * Sends the command before it returns. Resolves at the kernel's acknowledgement, which is no outcome yet: whether a
   * join succeeds is told by an event. Rejects with a {@link KernelError}, or with a TypeError that names the field that
   * cannot be encoded (`commands[0].localId: out of range`). Commands are carried out in the order of the calls.
   */
  execute(command: PathManagerCommand): Promise<void>;
  /** The endpoints of the in-kernel path manager. */
  endpoints(): Promise<readonly Endpoint[]>;
  /** Its limits: numbers of subflows and of addresses, for each connection. */
  limits(): Promise<Limits>;
  /**
   * The local addresses of one connection of the userspace path manager, with their ids, as far as they were announced
   * or used. Rejects with EINVAL for a token that no such connection has, with EOPNOTSUPP where the kernel cannot tell
   * (before 6.10: `token-dump` of `capabilities`).
   */
  addresses(token: number): Promise<readonly Endpoint[]>;
  /** Interfaces, connections and subflows; complete, or it rejects. */
  snapshot(): Promise<Snapshot>;
  /** What this kernel has, asked anew without changing anything. */
  capabilities(): Promise<Capabilities>;
  /** Idempotent. Commands under way are rejected with ECANCELED, whatever becomes of them; iterations end. */
  close(): void;
}

/**
 * Opens the MPTCP path management of a network namespace: the one of this thread, or the one whose path is `netns`.
 * Addresses are text and ports numbers; byte orders and numbers of the protocol are nowhere to be seen. Reading needs
 * no privilege, events and commands need CAP_NET_ADMIN. Throws a {@link KernelError}: ENOENT without MPTCP in the
 * kernel or without that namespace.
 *
 * Source: the netlink families `mptcp_pm` (Documentation/netlink/specs/mptcp_pm.yaml), rtnetlink and sock_diag.
 */
export const openKernel = (options: SocketOptions = {}): OpenKernel =>
  attempt('open', () => new AddonKernel(loadAddon(), options));

class AddonKernel implements OpenKernel {
  readonly #addon: Addon;
  readonly #options: SocketOptions;
  readonly #acknowledgements: Acknowledgements;
  readonly #listeners = new Set<NamespaceListener>();
  readonly #streams = new Set<EventStream<NamespaceEvent>>();
  #sockets: { close(): void }[] = [];
  #closed = false;

  constructor(addon: Addon, options: SocketOptions) {
    this.#addon = addon;
    this.#options = options;
    this.#acknowledgements = new Acknowledgements(addon, options, (lost) => this.#deliver([lost]));
  }

  listen(listener: NamespaceListener): () => void {
    attempt('listen', () => this.#openEvents());
    // Of its own, so that one function can listen twice.
    const own: NamespaceListener = (batch) => listener(batch);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  events(): AsyncIterableIterator<NamespaceEvent> {
    const stream = new EventStream<NamespaceEvent>(() => {
      stop();
      this.#streams.delete(stream);
    });
    const stop = this.listen((batch) => stream.push(batch));
    this.#streams.add(stream);
    return stream;
  }

  execute(command: PathManagerCommand): Promise<void> {
    return this.#acknowledgements.execute(command);
  }

  async endpoints(): Promise<readonly Endpoint[]> {
    const [reply] = await this.#query({ kind: 'dump-addr' });
    return endpointsIn(reply);
  }

  async limits(): Promise<Limits> {
    const [reply] = await this.#query({ kind: 'get-limits' });
    if (reply?.limits === undefined) throw refused('get-limits', reply?.refusal ?? NO_ANSWER);
    return reply.limits;
  }

  async addresses(token: number): Promise<readonly Endpoint[]> {
    // No connection has token 0: a kernel that lists something for it took no notice of the token.
    const [none, reply] = await this.#query(
      { kind: 'dump-addr', token: 0 },
      { kind: 'dump-addr', token },
    );
    if (none?.refusal === undefined) throw refused('get-addr', NO_LISTS);
    return endpointsIn(reply);
  }

  snapshot(): Promise<Snapshot> {
    return settle('snapshot', readSnapshot(this.#addon, this.#options));
  }

  capabilities(): Promise<Capabilities> {
    return settle('capabilities', probe(this.#addon, this.#options));
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    for (const socket of this.#sockets) socket.close();
    for (const stream of [...this.#streams]) stream.end();
    this.#acknowledgements.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #query(...queries: readonly PathManagerQuery[]): Promise<PathManagerReply[]> {
    return settle(operationOf(queries), this.#addon.query(queries, this.#options));
  }

  #openEvents(): void {
    if (this.#closed) throw refused('listen', CLOSED);
    if (this.#sockets.length > 0) return;
    const deliver = (batch: readonly NamespaceEvent[]) => this.#deliver(batch);
    const events = new this.#addon.PathManagerEventSocket(deliver, this.#options);
    try {
      this.#sockets = [events, new RouteWatch(this.#addon, this.#options, deliver)];
    } catch (error) {
      events.close();
      throw error;
    }
  }

  #deliver(batch: readonly NamespaceEvent[]): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(batch);
      } catch (error) {
        // Uncaught, as from any listener, but not at the cost of the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

const NO_ANSWER = { errno: 74, code: 'EBADMSG', text: 'the kernel did not answer' };
const CLOSED = { errno: 125, code: 'ECANCELED', text: 'closed' };
const NO_LISTS = {
  errno: 95,
  code: 'EOPNOTSUPP',
  text: 'this kernel lists no addresses by connection',
};

const endpointsIn = (reply: PathManagerReply | undefined): readonly Endpoint[] => {
  if (reply?.endpoints === undefined) throw refused('get-addr', reply?.refusal ?? NO_ANSWER);
  return reply.endpoints;
};

const operationOf = ([query]: readonly PathManagerQuery[]): string =>
  query?.kind === 'get-limits' ? 'get-limits' : 'get-addr';

const attempt = <Result>(operation: string, run: () => Result): Result => {
  try {
    return run();
  } catch (error) {
    throw error instanceof KernelError ? error : kernelErrorOf(operation, error);
  }
};

const settle = <Result>(operation: string, work: Promise<Result>): Promise<Result> =>
  work.catch((error: unknown) => {
    throw kernelErrorOf(operation, error);
  });
