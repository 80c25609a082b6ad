// The real controller on a scripted kernel in virtual time, with or without faults between them.

import { Controller } from '../../src/daemon/controller.ts';
import type { Heritage } from '../../src/engine/memory.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { formatCommand } from '../../src/model/format-command.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { intentOf } from '../../src/policy/index.ts';
import {
  eitherOf,
  type Fault,
  type FaultSource,
  formatFault,
  parseFault,
} from '../../src/testing/fault.ts';
import { FaultScript } from '../../src/testing/fault-script.ts';
import { FaultyKernel } from '../../src/testing/faulty-kernel.ts';
import { perform, type Scenario, type Step } from '../../src/testing/scenario.ts';
import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { Paper } from './paper.ts';
import { policyOf } from './policy-of.ts';
import { VirtualClock } from './virtual-clock.ts';

/** More rounds than this for one change means that planning does not end. */
const MAX_ROUNDS = 200;

/** A snapshot that fails this often in a row at the start is no chance. */
const MAX_STARTS = 20;

const SILENT = { events() {}, decisions() {}, resynced() {}, notice() {}, problem() {} };

export interface Options {
  /** Decides what goes wrong beside what the scenario states. */
  readonly faults?: FaultSource;
  /** Asked before each step and after each batch of events: is the daemon killed now? */
  readonly kills?: (simulation: Simulation) => boolean;
  /** Between the controller and all the rest. */
  readonly wrap?: (kernel: Kernel) => Kernel;
}

export class Simulation {
  readonly kernel = new ScriptedKernel();
  readonly clock = new VirtualClock();
  readonly #scenario: Scenario;
  readonly #options: Options;
  /** The faults that the scenario states. */
  readonly #script = new FaultScript();
  readonly #faulty: FaultyKernel;
  readonly #outermost: Kernel;
  /** Snapshots that are being read. */
  #reading = 0;
  controller: Controller;
  /** What is written down, and thus left when the daemon is killed. */
  readonly #paper = new Paper();
  /** How many faults happened, by their verbs. */
  readonly faults = new Map<Verb, number>();
  /** Batches of events that were told so far, and before this step. */
  #batches = 0;
  #batchesBefore = 0;
  /** After which the scenario has the daemon killed, and after which it was, counted from this step on. */
  readonly #killsAt = new Set<number>();
  readonly #kills: number[] = [];
  #isHealed = false;
  /** What happened, as steps that bring it about again. */
  readonly #trace: Step[] = [];

  constructor(scenario: Scenario, options: Options = {}) {
    this.#scenario = scenario;
    this.#options = options;
    const { faults } = options;
    const source = faults === undefined ? this.#script : eitherOf(this.#script, faults);
    this.#faulty = new FaultyKernel(this.kernel, source);
    this.#outermost = this.#watched(options.wrap?.(this.#faulty) ?? this.#faulty);
    this.controller = this.#newController();
  }

  /** Does the steps one after the other; `after` sees the commands that each led to, but `observe`. */
  async run(after: (step: Step, sent: string[]) => void = () => {}): Promise<void> {
    for (const step of this.#scenario.steps) {
      if (this.#isRunning() && this.#options.kills?.(this)) await this.#recordKill();
      after(step, await this.#record(step));
    }
  }

  /** Nothing goes wrong from here on, and everything is read again. */
  async heal(): Promise<void> {
    this.#faulty.heal();
    this.#killsAt.clear();
    this.#isHealed = true;
    this.kernel.overflow();
    await this.settle();
  }

  /** The scenario with every fault stated where it happened, and the commands that were sent. */
  get replay(): Scenario {
    return { ...this.#scenario, steps: this.#trace };
  }

  /** Faults that the scenario states and that did not happen. */
  get neverHappened(): string[] {
    return [
      ...this.#script.waiting,
      ...[...this.#killsAt].map((batch) => `kill after batch ${batch}`),
    ];
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    for (let round = 0; ; round++) {
      await Promise.resolve();
      if (this.#reading > 0) await this.#read();
      const delivered = this.kernel.deliver();
      if (delivered > 0 && this.#isKilledNow()) await this.kill();
      const ran = this.clock.runSoon();
      if (delivered === 0 && !ran && this.#reading === 0) return;
      if (round > MAX_ROUNDS) throw new Error('planning does not come to an end');
    }
  }

  async wait(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds, () => this.settle());
  }

  /** Where the first snapshot fails the daemon ends, and the service manager starts another. */
  async start(heritage: Heritage = this.#paper.heritage): Promise<void> {
    for (let starts = 1; ; starts++) {
      try {
        await this.controller.start(heritage);
        return await this.settle();
      } catch (error) {
        if (starts === MAX_STARTS) throw error;
        this.controller.close();
        this.controller = this.#newController();
      }
    }
  }

  /** Another daemon takes over: it has the kernel and what the last one wrote down at its end, no more. */
  async restart(): Promise<void> {
    this.controller.close();
    await this.#replace(this.#paper.heritage);
  }

  /** The same after a sudden end: what is written down by then is all. */
  async kill(): Promise<void> {
    const { heritage } = this.#paper;
    this.controller.close();
    await this.#replace(heritage);
  }

  /** News came before the beginning of its connection, as it does from no kernel: killed now, nobody would know of it. */
  get isPuzzled(): boolean {
    return this.controller.state.early.length > 0;
  }

  /** A batch was told: does the scenario, or do the options, have the daemon killed now? */
  #isKilledNow(): boolean {
    this.#batches += 1;
    const isStated = this.#killsAt.delete(this.#batches);
    if (this.#isHealed || !this.#isRunning()) return false;
    const isKilled = this.#options.kills?.(this) || isStated;
    if (isKilled) this.#kills.push(this.#batches - this.#batchesBefore);
    return isKilled;
  }

  #isRunning(): boolean {
    return this.controller.state.synced;
  }

  async #replace(heritage: Heritage): Promise<void> {
    this.controller = this.#newController();
    await this.start(heritage);
  }

  /** Does a step, notes what went wrong meanwhile as steps before it, and returns the commands that it led to. */
  async #record(step: Step): Promise<string[]> {
    const before = this.kernel.executed.length;
    this.#faulty.takeHappened();
    this.#batchesBefore = this.#batches;
    try {
      await this.#do(step);
      await this.settle();
      return this.#sentSince(before);
    } finally {
      for (const fault of this.#faulty.takeHappened()) this.#note(fault.verb, formatFault(fault));
      for (const nth of this.#kills.splice(0)) this.#note('kill', `kill ${nth}`);
      if (!isToCome(step)) {
        this.#trace.push({ ...step, expected: this.#sentSince(before) });
      }
    }
  }

  /** How many commands were executed before them is given. */
  #sentSince(before: number): string[] {
    const commands = this.kernel.executed.slice(before).filter(({ kind }) => kind !== 'observe');
    return commands.map(formatCommand);
  }

  async #recordKill(): Promise<void> {
    this.#count('kill');
    await this.#record(stepOf('kill'));
  }

  #note(verb: Verb, line: string): void {
    this.#trace.push(stepOf(line));
    this.#count(verb);
  }

  #count(verb: Verb): void {
    this.faults.set(verb, (this.faults.get(verb) ?? 0) + 1);
  }

  async #do({ action, line }: Step): Promise<void> {
    const fault = parseFault(action);
    if (fault !== undefined) return this.#script.add(fault);
    const [verb, argument] = action;
    if (verb === 'kill' && argument !== undefined) {
      this.#killsAt.add(this.#batches + Number(argument));
    } else if (verb === 'start') await this.start();
    else if (verb === 'restart' && this.#isRunning()) await this.restart();
    else if (verb === 'kill' && this.#isRunning()) await this.kill();
    else if (verb === 'read-again') this.controller.readAgain('SIGHUP');
    else if (verb === 'wait') await this.wait(milliseconds(argument));
    else if (!perform(this.kernel, action)) throw new Error(`line ${line}: cannot ${verb}`);
  }

  /** Awaits the snapshots that are being read, and what follows from them. */
  async #read(): Promise<void> {
    while (this.#reading > 0) await Promise.resolve();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }

  #watched(kernel: Kernel): Kernel {
    const done = () => {
      this.#reading -= 1;
    };
    return {
      events: (listener) => kernel.events(listener),
      execute: (commands) => kernel.execute(commands),
      close: () => kernel.close(),
      snapshot: (): Promise<Snapshot> => {
        this.#reading += 1;
        const reading = kernel.snapshot();
        reading.then(done, done);
        return reading;
      },
    };
  }

  #newController(): Controller {
    const policy = policyOf(this.#scenario);
    return new Controller({
      kernel: this.#outermost,
      clock: this.clock,
      intentOf: (interfaces) => intentOf(policy, interfaces),
      reporter: SILENT,
      manager: policy.manager === 'kernel' ? 'kernel' : 'userspace',
      keeper: this.#paper,
      random: () => 0,
    });
  }
}

type Verb = Fault['verb'] | 'kill';

/** A fault that is stated, and happens during later steps. */
const isToCome = ({ action }: Step): boolean =>
  parseFault(action) !== undefined || (action[0] === 'kill' && action.length > 1);

const stepOf = (line: string): Step => ({ line: 0, action: line.split(' '), expected: [] });

const milliseconds = (text = ''): number => {
  const [, count] = /^(\d+)ms$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`not a time in ms, such as 200ms: ${text}`);
  return Number(count);
};
