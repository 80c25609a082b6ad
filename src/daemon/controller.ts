// The loop. Events change the state, the state is planned, the plan is executed; whatever was missed is read again.
// The only place where decisions become effects.

import { adoptIntent } from '../engine/adopt-intent.ts';
import { apply } from '../engine/apply.ts';
import type { Belongings } from '../engine/endpoints.ts';
import { markSent } from '../engine/mark-sent.ts';
import {
  type RememberedConnection,
  type RememberedPaths,
  recall,
  recallPaths,
  rememberPaths,
} from '../engine/memory.ts';
import { merge } from '../engine/merge.ts';
import { planConnection } from '../engine/plan.ts';
import { planEndpoints } from '../engine/plan-endpoints.ts';
import { planListeners } from '../engine/plan-listeners.ts';
import { type Connection, createState, type Manager, type State } from '../engine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Command } from '../model/command.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';
import type { Interface } from '../model/interface.ts';
import type { Intent } from '../policy/intent.ts';
import type { Clock } from './clock.ts';
import type { Reporter } from './reporter.ts';
import { Wakes } from './wakes.ts';

/** Connections planned before the event loop gets its turn: reading events must not wait. */
const SLICE = 256;

/** Least time between two resyncs, and the time after which one is due anyway, in ms. */
const RESYNC_PAUSE = 1_000;
const RESYNC_INTERVAL = 60_000;

/** How long the end waits for the kernel's answers, in ms. */
const ANSWER = 1_000;

/** Among the tokens of {@link Wakes}: no connection has it. */
const LISTENERS = -1;

export interface ControllerOptions {
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly intentOf: (interfaces: Iterable<Interface>) => Intent;
  readonly reporter: Reporter;
  /** Which path manager new connections get. */
  readonly manager: Manager;
  /** Writes down what of the kernel's is ours; called before any of it is asked for. May throw. */
  readonly keep: (ours: Belongings) => void;
  /** Writes down which paths there are; called after each change of the host. May throw. */
  readonly keepPaths: (paths: RememberedPaths) => void;
}

/** What one daemon knows from the one before it. */
export interface Heritage {
  readonly connections: readonly RememberedConnection[];
  readonly ours: Belongings;
  readonly paths: RememberedPaths;
}

const NO_HERITAGE: Heritage = {
  connections: [],
  ours: { endpoints: [], limitsBefore: undefined },
  paths: { usable: [], lost: [] },
};

export class Controller {
  readonly state: State;
  readonly #kernel: Kernel;
  readonly #clock: Clock;
  readonly #intentOf: ControllerOptions['intentOf'];
  readonly #reporter: Reporter;
  readonly #keep: ControllerOptions['keep'];
  readonly #keepPaths: ControllerOptions['keepPaths'];
  /** What is written down. */
  #kept: Belongings = NO_HERITAGE.ours;
  readonly #wakes: Wakes;
  /** Events that arrived while a snapshot was read; undefined while none is. */
  #replay: KernelEvent[] | undefined;
  #snapshotAt = Number.NEGATIVE_INFINITY;
  #cancelResync = () => {};
  #cancelEndpoints = () => {};
  #answered = () => {};
  #planScheduled = false;
  #closed = false;

  constructor(options: ControllerOptions) {
    const { kernel, clock, intentOf, reporter, manager, keep, keepPaths } = options;
    this.state = createState(manager);
    this.#keep = keep;
    this.#keepPaths = keepPaths;
    this.#kernel = kernel;
    this.#clock = clock;
    this.#intentOf = intentOf;
    this.#reporter = reporter;
    this.#wakes = new Wakes(clock, (tokens) => {
      for (const token of tokens) this.state.dirty.add(token);
      this.#act();
    });
  }

  /**
   * Subscribes, reads everything, and only then begins to act. Rejects where the first snapshot fails.
   * The heritage is that of the daemon before this one.
   */
  async start({ connections, ours, paths }: Heritage = NO_HERITAGE): Promise<void> {
    recallPaths(this.state, paths);
    this.state.endpoints.ours = ours;
    this.#kept = ours;
    this.#kernel.events((batch) => this.#received(batch));
    await this.#resync('start', connections);
  }

  /** Compares with everything that is true now, as after lost events. */
  readAgain(reason: string): void {
    this.state.resync = reason;
    this.#act();
  }

  /** Deletes what of the kernel's is ours and no connection needs. Resolves once the kernel has answered. */
  async giveBack(): Promise<void> {
    const { endpoints } = this.state;
    endpoints.inUse = false;
    endpoints.dirty = true;
    this.#act();
    if (!endpoints.attempts.some(({ pending }) => pending)) return;
    await new Promise<void>((resolve) => {
      this.#answered = resolve;
      this.#clock.at(this.#clock.now() + ANSWER, resolve);
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelEndpoints();
    this.#wakes.close();
    this.#cancelResync();
    this.#kernel.close();
  }

  #received(batch: readonly KernelEvent[]): void {
    const now = this.#clock.now();
    for (const event of batch) apply(this.state, event, now);
    if (this.#replay !== undefined) this.#replay.push(...batch);
    this.#act();
    // After acting: nothing that is said may delay what is done.
    this.#reporter.events(batch);
    if (!this.state.endpoints.attempts.some(({ pending }) => pending)) this.#answered();
  }

  #act(): void {
    const { state } = this;
    if (this.#closed || !state.synced) return;
    const now = this.#clock.now();
    const { hostChanged } = state;
    if (hostChanged) adoptIntent(state, this.#intentOf(state.interfaces.values()), now);
    if (state.endpoints.dirty) this.#executeEndpoints(now);
    const slice = this.#takeSlice();
    this.#execute(this.#planConnections(slice, now), now);
    // Afterwards: what connections have withdrawn is not kept open.
    this.#execute(this.#planListeners(slice, now), now);
    if (hostChanged) this.#writeDownPaths();
    if (state.dirty.size > 0) this.#actSoon();
    if (state.resync !== undefined) this.#scheduleResync(this.#snapshotAt + RESYNC_PAUSE);
  }

  #actSoon(): void {
    if (this.#planScheduled) return;
    this.#planScheduled = true;
    this.#clock.soon(() => {
      this.#planScheduled = false;
      this.#act();
    });
  }

  #takeSlice(): Connection[] {
    const slice: Connection[] = [];
    for (const token of this.state.dirty) {
      if (slice.length === SLICE) break;
      this.state.dirty.delete(token);
      const connection = this.state.connections.get(token);
      if (connection !== undefined) slice.push(connection);
    }
    return slice;
  }

  #planConnections(slice: readonly Connection[], now: number): Command[] {
    const commands: Command[] = [];
    for (const connection of slice) {
      const plan = planConnection(this.state, connection, now);
      commands.push(...plan.commands);
      this.#wakes.set(connection.token, plan.wakeAt);
    }
    return commands;
  }

  #planListeners(slice: readonly Connection[], now: number): readonly Command[] {
    const { commands, wakeAt } = planListeners(this.state, slice, now);
    this.#wakes.set(LISTENERS, wakeAt);
    return commands;
  }

  #executeEndpoints(now: number): void {
    this.state.endpoints.dirty = false;
    this.#cancelEndpoints();
    const { commands, wakeAt } = planEndpoints(this.state, now);
    markSent(this.state, commands, now);
    const refusal = this.#writeDown();
    if (refusal === undefined) this.#send(commands);
    else this.#received(commands.map((command) => ({ kind: 'command-done', command, refusal })));
    if (wakeAt === Number.POSITIVE_INFINITY) return;
    this.#cancelEndpoints = this.#clock.at(wakeAt, () => {
      this.state.endpoints.dirty = true;
      this.#act();
    });
  }

  #execute(commands: readonly Command[], now: number): void {
    markSent(this.state, commands, now);
    this.#send(commands);
  }

  /** Before the kernel has it: otherwise a crash would leave something that nobody owns. */
  #writeDown(): Refusal | undefined {
    const { ours } = this.state.endpoints;
    if (ours === this.#kept) return undefined;
    try {
      this.#keep(ours);
      this.#kept = ours;
      return undefined;
    } catch (error) {
      const { code = '', errno = 0, message } = error as NodeJS.ErrnoException;
      return { code, errno: Math.abs(errno), text: `not sent, for want of a record: ${message}` };
    }
  }

  /** After acting: it is for the next daemon. */
  #writeDownPaths(): void {
    try {
      this.#keepPaths(rememberPaths(this.state));
    } catch (error) {
      this.#reporter.problem('the next start will not know which paths were lost', error as Error);
    }
  }

  #send(commands: readonly Command[]): void {
    if (commands.length === 0) return;
    this.#kernel.execute(commands);
    this.#reporter.decisions(commands);
  }

  #scheduleResync(time: number): void {
    if (this.#replay !== undefined || this.#closed) return;
    this.#cancelResync();
    this.#cancelResync = this.#clock.at(time, () => {
      this.#resync(this.state.resync ?? 'a minute has passed').catch((error: Error) => {
        this.#reporter.problem('snapshot failed', error);
        this.#scheduleResync(this.#clock.now() + RESYNC_PAUSE);
      });
    });
  }

  /** Reads everything again and merges it; events go on being applied meanwhile, and once more after it. */
  async #resync(reason: string, remembered: readonly RememberedConnection[] = []): Promise<void> {
    const startedAt = this.#clock.now();
    this.#snapshotAt = startedAt;
    this.#replay = [];
    this.state.resync = undefined;
    try {
      const snapshot = await this.#kernel.snapshot();
      if (this.#closed) return;
      const now = this.#clock.now();
      merge(this.state, snapshot, startedAt, now);
      recall(this.state, remembered);
      const early = this.state.early.splice(0);
      for (const event of [...early, ...this.#replay]) apply(this.state, event, now);
      this.state.early.length = 0;
      this.#reporter.resynced(reason, this.state.connections.size, now - startedAt);
    } finally {
      this.#replay = undefined;
    }
    this.#scheduleResync(this.#snapshotAt + RESYNC_INTERVAL);
    this.#act();
  }
}
