// A client whose connections come and go, and that says how many there are.

import type { Host } from './host.ts';
import type { Program } from './program.ts';
import { tool } from './tools.ts';

export interface Turnover {
  readonly live: number;
  readonly veterans: number;
  /** Of the live ones: those whose question is not answered yet. */
  readonly waiting: number;
  /** On their way in or out. */
  readonly under_way: number;
  readonly opened: number;
  readonly unopened: number;
  readonly fell_back: number;
  /** Of those that were open: ended by nobody's wish. */
  readonly broken: number;
  readonly finished: number;
  readonly closed: number;
  readonly reset: number;
  readonly peer_finished: number;
  readonly peer_reset: number;
}

export interface RotationOptions {
  readonly to: string;
  readonly port: number;
  readonly ports: number;
  readonly live: number;
  readonly veterans: number;
  /** Connections opened a second, and as many closed. */
  readonly rate: number;
  readonly seed: number;
}

export class Rotation {
  readonly program: Program;

  constructor(host: Host, options: RotationOptions) {
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.program = host.spawn([tool('client'), 'rotate', ...words]);
  }

  report(): Promise<Turnover> {
    return this.#say('report');
  }

  /** None is opened and none closed from now on. */
  hold(): Promise<Turnover> {
    return this.#say('hold');
  }

  /** One question on each: `waiting` tells how many are not answered yet. */
  ask(): Promise<Turnover> {
    return this.#say('ask');
  }

  /** Its connections end with it. */
  async stop(): Promise<void> {
    await this.program.stop();
  }

  async #say(word: string): Promise<Turnover> {
    this.program.send(word);
    const line = await this.program.line(word, (text) => text.includes(`"answer":"${word}"`));
    return JSON.parse(line) as Turnover;
  }
}
