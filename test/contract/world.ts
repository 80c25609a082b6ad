// What the contract needs of a host, whichever kernel it has: two interfaces, a server to connect to.

import type { Kernel } from '../../src/kernel/kernel.ts';
import type { SocketAddress } from '../../src/model/address.ts';
import type {
  ListenerCommand,
  ObserveCommand,
  PathManagerCommand,
} from '../../src/model/command.ts';
import type { CommandDone, KernelEvent, Observed } from '../../src/model/event.ts';
import { until } from '../lab/until.ts';

export interface Opened {
  readonly token: number;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
}

export interface World {
  readonly kernel: Kernel;
  /** Opens an MPTCP connection over the first interface, and exchanges data on it. */
  open(): Promise<void>;
  /** The same, for a connection of the in-kernel path manager. */
  openForeign(): Promise<void>;
  /** The same, from an IPv6 socket: its addresses are v4-mapped. */
  openMapped(): Promise<void>;
  /** Opens one on which neither end says anything. */
  openIdle(): Promise<void>;
  /** Tries to open one to where nobody listens. */
  openInVain(): Promise<void>;
  /** Opens one to an address of this host itself. */
  openHere(): Promise<void>;
  /** The peer ends everything at once and without a word, with data that it has not read. */
  abort(): Promise<void>;
  /** The application closes what `open` opened last. */
  end(): Promise<void>;
  /** Another program listens at the second address from now on. */
  serve(port: number): Promise<void>;
  readonly second: { readonly index: number; readonly address: string };
  setCarrier(on: boolean): Promise<void>;
  /** From now on every packet of the second interface is lost, and nobody is told. */
  silence(): Promise<void>;
  removeAddress(): Promise<void>;
  /** Lets a scripted kernel deliver; the real one does so by itself. */
  pump(): void;
  close(): Promise<void>;
}

type Kind = KernelEvent['kind'];
type Of<K extends Kind> = KernelEvent & { readonly kind: K };

/** Collects what a kernel tells, and waits for some of it. */
export class Ear {
  readonly heard: KernelEvent[] = [];
  readonly #world: Pick<World, 'kernel' | 'pump'>;
  #from = 0;

  constructor(world: Pick<World, 'kernel' | 'pump'>) {
    this.#world = world;
    world.kernel.events((batch) => this.heard.push(...batch));
  }

  /** From here on only what comes later counts. */
  mark(): void {
    this.#world.pump();
    this.#from = this.heard.length;
  }

  has(kind: Kind): boolean {
    return this.heard.slice(this.#from).some((event) => event.kind === kind);
  }

  /** The first event of this kind since the mark that `accept` takes. */
  wait<K extends Kind>(kind: K, accept: (event: Of<K>) => boolean = () => true): Promise<Of<K>> {
    const isIt = (event: KernelEvent): event is Of<K> =>
      event.kind === kind && accept(event as Of<K>);
    return until(
      `the kernel tells ${kind}`,
      () => {
        this.#world.pump();
        return this.heard.slice(this.#from).find(isIt);
      },
      5_000,
    ) as Promise<Of<K>>;
  }

  /** Sends a command and waits for the kernel's answer. */
  ask(command: PathManagerCommand | ListenerCommand): Promise<CommandDone> {
    this.#send(command);
    return this.wait('command-done');
  }

  observe(command: Omit<ObserveCommand, 'kind'>): Promise<Observed> {
    this.#send({ kind: 'observe', ...command });
    return this.wait('observed');
  }

  #send(command: PathManagerCommand | ListenerCommand | ObserveCommand): void {
    this.mark();
    this.#world.kernel.execute([{ ...command, goal: 'contract', why: 'contract' }]);
  }
}
