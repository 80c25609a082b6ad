// The loop. Events change the state, the state is planned, the plan is executed; whatever was missed is read again.
// The only place where decisions become effects.

import { adoptIntent } from '../engine/adopt-intent.ts';
import { apply } from '../engine/apply.ts';
import type { Belongings } from '../engine/endpoints.ts';
import { markSent } from '../engine/mark-sent.ts';
import { type Heritage, NO_HERITAGE, recall, recallPaths } from '../engine/memory.ts';
import { Merge } from '../engine/merge.ts';
import { planConnection } from '../engine/plan.ts';
import { planEndpoints } from '../engine/plan-endpoints.ts';
import { planListeners } from '../engine/plan-listeners.ts';
import { type Connection, createState, type State } from '../engine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Command } from '../model/command.ts';
import type { KernelEvent, Refusal } from '../model/event.ts';
import type { Interface } from '../model/interface.ts';
import type { Manager } from '../model/manager.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Intent } from '../policy/intent.ts';
import type { Clock } from './clock.ts';
import { type Keeper, Notes } from './notes.ts';
import { Replay } from './replay.ts';
import type { Reporter } from './reporter.ts';
import { Wakes } from './wakes.ts';

/** Connections planned before the event loop gets its turn: reading events must not wait. */
const SLICE = 256;

/** Least time between two resyncs, and the longest after which one is due anyway, in ms. */
const RESYNC_PAUSE = 1_000;
const RESYNC_INTERVAL = 60_000;

/** The part of the interval that chance decides: hosts that started together should not work together. */
const JITTER = 0.2;

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
  readonly keeper: Keeper;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
}

export class Controller {
  readonly state: State;
  readonly #kernel: Kernel;
  readonly #clock: Clock;
  readonly #intentOf: ControllerOptions['intentOf'];
  readonly #reporter: Reporter;
  readonly #keeper: Keeper;
  readonly #random: () => number;
  readonly #notes: Notes;
  /** What is written down. */
  #kept: Belongings = NO_HERITAGE.ours;
  readonly #wakes: Wakes;
  /** Events that arrived while a snapshot was read; undefined while none is. */
  #replay: Replay | undefined;
  #snapshotAt = Number.NEGATIVE_INFINITY;
  #failedSnapshots = 0;
  #cancelResync = () => {};
  #cancelEndpoints = () => {};
  #answered = () => {};
  #planScheduled = false;
  #closed = false;

  constructor({ kernel, clock, intentOf, reporter, manager, keeper, random }: ControllerOptions) {
    this.state = createState(manager);
    this.#keeper = keeper;
    this.#random = random;
    this.#notes = new Notes({
      keeper,
      state: this.state,
      onProblem: (error) => reporter.problem('the next start will know less', error),
    });
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
  async start(heritage: Heritage = NO_HERITAGE): Promise<void> {
    const { ours, paths } = heritage;
    recallPaths(this.state, paths);
    this.state.endpoints.ours = ours;
    this.#kept = ours;
    this.#kernel.events((batch) => this.#received(batch));
    await this.#resync('start', heritage);
  }

  /** Compares with everything that is true now, as after lost events. */
  readAgain(reason: string): void {
    // Whoever asks has perhaps ended the quarrel.
    this.state.rivals = [];
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

  /** Nothing is sent any more. */
  close(): void {
    this.#closed = true;
    this.#cancelEndpoints();
    this.#wakes.close();
    this.#cancelResync();
    this.#kernel.close();
  }

  #received(batch: readonly KernelEvent[]): void {
    this.#apply(batch);
    this.#replay?.push(batch);
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
    const tokens = this.#takeSlice();
    const slice = tokens.flatMap((token) => state.connections.get(token) ?? []);
    this.#send(this.#planConnections(slice, now));
    // Afterwards: what connections have withdrawn is not kept open.
    this.#send(this.#planListeners(slice, now));
    this.#notes.noteConnections(tokens);
    if (hostChanged) this.#notes.notePaths(now);
    this.#notes.write(now);
    if (state.dirty.size > 0) this.#actSoon();
    // One that has failed has a time of its own.
    if (state.resync !== undefined && this.#failedSnapshots === 0) {
      this.#scheduleResync(this.#snapshotAt + RESYNC_PAUSE);
    }
  }

  #actSoon(): void {
    if (this.#planScheduled) return;
    this.#planScheduled = true;
    this.#clock.soon(() => {
      this.#planScheduled = false;
      this.#act();
    });
  }

  /** Tokens of connections that have changed, or have ended. */
  #takeSlice(): number[] {
    const { dirty, connections } = this.state;
    const tokens: number[] = [];
    for (const token of dirty) {
      if (tokens.length === SLICE) break;
      tokens.push(token);
      dirty.delete(token);
      if (!connections.has(token)) this.#wakes.set(token, Number.POSITIVE_INFINITY);
    }
    return tokens;
  }

  #planConnections(slice: readonly Connection[], now: number): Command[] {
    const commands: Command[] = [];
    for (const connection of slice) {
      const plan = planConnection(this.state, connection, now);
      // At once: what one connection asks again is less for the others.
      markSent(this.state, plan.commands, now);
      commands.push(...plan.commands);
      this.#wakes.set(connection.token, plan.wakeAt);
    }
    return commands;
  }

  #planListeners(slice: readonly Connection[], now: number): readonly Command[] {
    const { commands, wakeAt } = planListeners(this.state, slice, now);
    markSent(this.state, commands, now);
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

  /** Before the kernel has it: otherwise a crash would leave something that nobody owns. */
  #writeDown(): Refusal | undefined {
    const { ours } = this.state.endpoints;
    if (ours === this.#kept) return undefined;
    try {
      this.#keeper.keepEndpoints(ours);
      this.#kept = ours;
      return undefined;
    } catch (error) {
      const { code = '', errno = 0, message } = error as NodeJS.ErrnoException;
      return { code, errno: Math.abs(errno), text: `not sent, for want of a record: ${message}` };
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
        this.#snapshotFailed(error);
      });
    });
  }

  /** Tried again, less and less often; said once. */
  #snapshotFailed(error: Error): void {
    if (this.#failedSnapshots === 0) this.#reporter.problem('snapshot failed', error);
    this.state.snapshotProblem = error.message;
    const pause = Math.min(RESYNC_PAUSE * 2 ** this.#failedSnapshots, RESYNC_INTERVAL);
    this.#failedSnapshots += 1;
    this.#scheduleResync(this.#clock.now() + pause);
  }

  /** Reads everything again and merges it; events go on being applied meanwhile, and once more after it. */
  async #resync(reason: string, { connections }: Heritage = NO_HERITAGE): Promise<void> {
    const startedAt = this.#clock.now();
    this.#snapshotAt = startedAt;
    const replay = new Replay();
    replay.push(this.state.early.splice(0));
    this.#replay = replay;
    this.state.resync = undefined;
    try {
      const snapshot = await this.#kernel.snapshot();
      await this.#merge(new Merge(this.state, snapshot, startedAt), snapshot, replay);
      if (this.#closed) return;
      this.#failedSnapshots = 0;
      this.state.snapshotProblem = undefined;
      recall(this.state, connections, this.#clock.now());
      // Those that ended while no daemon ran are remembered no longer.
      this.#notes.noteConnections(connections.map(({ token }) => token));
      const took = this.#clock.now() - startedAt;
      this.#reporter.resynced(reason, this.state.connections.size, took);
      for (const text of this.state.notices.splice(0)) this.#reporter.notice(text);
    } finally {
      this.#replay = undefined;
    }
    this.#scheduleResync(this.#snapshotAt + RESYNC_INTERVAL * (1 - JITTER * this.#random()));
    this.#act();
  }

  async #merge(merge: Merge, snapshot: Snapshot, replay: Replay): Promise<void> {
    merge.host(this.#clock.now());
    this.#apply(replay.others);
    for (let first = 0; first < snapshot.connections.length; first += SLICE) {
      if (first > 0) await new Promise<void>((resolve) => this.#clock.soon(resolve));
      if (this.#closed) return;
      const slice = snapshot.connections.slice(first, first + SLICE);
      merge.connections(slice, this.#clock.now());
      for (const { socket } of slice) this.#apply(replay.of(socket.token));
      this.#act();
    }
    const gone = merge.end(this.#clock.now());
    this.#apply(replay.others);
    for (const token of gone) this.#apply(replay.of(token));
    // What is still without a beginning will stay so.
    this.state.early.length = 0;
  }

  #apply(events: readonly KernelEvent[]): void {
    const now = this.#clock.now();
    for (const event of events) apply(this.state, event, now);
  }
}
