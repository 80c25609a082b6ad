// The real controller on a scripted kernel in virtual time.

import { Controller, type Heritage } from '../../src/daemon/controller.ts';
import type { Belongings } from '../../src/engine/endpoints.ts';
import { type RememberedPaths, remember } from '../../src/engine/memory.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { formatCommand } from '../../src/model/format-command.ts';
import { intentOf, parsePolicy } from '../../src/policy/index.ts';
import { perform, type Scenario, type Step } from '../../src/testing/scenario.ts';
import { ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { VirtualClock } from './virtual-clock.ts';

/** More rounds than this for one change means that planning does not end. */
const MAX_ROUNDS = 100;

const SILENT = { events() {}, decisions() {}, resynced() {}, problem() {} };

export class Simulation {
  readonly kernel = new ScriptedKernel();
  readonly clock = new VirtualClock();
  readonly #scenario: Scenario;
  readonly #wrap: (kernel: Kernel) => Kernel;
  controller: Controller;
  /** What the controller has written down. */
  #ours: Belongings = { endpoints: [], limitsBefore: undefined };
  #paths: RememberedPaths = { usable: [], lost: [] };

  constructor(scenario: Scenario, wrap: (kernel: Kernel) => Kernel = (kernel) => kernel) {
    this.#scenario = scenario;
    this.#wrap = wrap;
    this.controller = this.#newController();
  }

  /** Does the steps one after the other; `after` sees the commands that each led to, but `observe`. */
  async run(after: (step: Step, sent: string[]) => void = () => {}): Promise<void> {
    for (const step of this.#scenario.steps) {
      const before = this.kernel.executed.length;
      await this.#do(step);
      await this.settle();
      const sent = this.kernel.executed.slice(before).filter(({ kind }) => kind !== 'observe');
      after(step, sent.map(formatCommand));
    }
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    for (let round = 0; ; round++) {
      // A snapshot is a promise or two away.
      for (let i = 0; i < 5; i++) await Promise.resolve();
      const delivered = this.kernel.deliver();
      const ran = this.clock.runSoon();
      if (delivered === 0 && !ran) return;
      if (round > MAX_ROUNDS) throw new Error('planning does not come to an end');
    }
  }

  async wait(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds, () => this.settle());
  }

  async start(heritage?: Heritage): Promise<void> {
    await this.controller.start(heritage);
    await this.settle();
  }

  /** Another daemon takes over: it has the kernel and what the last one could write down, no more. */
  async restart(): Promise<void> {
    const written = JSON.stringify({
      connections: remember(this.controller.state),
      ours: this.#ours,
      paths: this.#paths,
    });
    this.controller.close();
    this.controller = this.#newController();
    await this.start(JSON.parse(written) as Heritage);
  }

  async #do({ action, line }: Step): Promise<void> {
    const [verb, argument] = action;
    if (verb === 'start') await this.start();
    else if (verb === 'restart') await this.restart();
    else if (verb === 'wait') await this.wait(Number(argument?.replace('ms', '')));
    else if (!perform(this.kernel, action)) throw new Error(`line ${line}: unknown verb ${verb}`);
  }

  #newController(): Controller {
    const { policy } = this.#scenario;
    const files = policy === undefined ? [] : [{ name: 'scenario.yaml', text: policy }];
    const parsed = parsePolicy(files);
    return new Controller({
      kernel: this.#wrap(this.kernel),
      clock: this.clock,
      intentOf: (interfaces) => intentOf(parsed, interfaces),
      reporter: SILENT,
      manager: parsed.manager === 'kernel' ? 'kernel' : 'userspace',
      keep: (ours) => {
        this.#ours = ours;
      },
      keepPaths: (paths) => {
        this.#paths = paths;
      },
    });
  }
}
