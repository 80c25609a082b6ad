// A client that asks and is answered all the time, and what a cut does to it.

import type { Host } from './host.ts';
import type { Program } from './program.ts';
import { tool } from './tools.ts';
import { PATIENCE, until } from './until.ts';

interface Answered {
  /** CLOCK_MONOTONIC when the request was sent, in ns. */
  readonly sent_ns: number;
  /** From the request to its whole answer. */
  readonly ms: number;
}

export interface RequestOptions {
  readonly to: string;
  readonly port: number;
  /** Milliseconds from one request to the next; by default as many as keep the machine from being busy with them. */
  readonly every?: number;
  readonly family?: '4' | '6' | 'mapped';
}

const monotonicNs = (): number => Number(process.hrtime.bigint());

export class Requests {
  readonly program: Program;
  readonly #answered: Answered[] = [];

  /** Connects, and waits for the first answer. */
  static async start(host: Host, options: RequestOptions): Promise<Requests> {
    const requests = new Requests(host, options);
    await until('the first request is answered', () => requests.#answered.length > 0, 5_000);
    return requests;
  }

  private constructor(host: Host, { to, port, every = 5 * PATIENCE, family }: RequestOptions) {
    const argv = [tool('client'), 'request', '--verbose', '--to', to, '--port', String(port)];
    argv.push('--every', String(every));
    if (family !== undefined) argv.push('--family', family);
    this.program = host.spawn(argv, {
      onLine: (line, stream) => {
        if (stream !== 'stdout') return;
        const answer = JSON.parse(line) as Partial<Answered>;
        if (answer.sent_ns !== undefined) this.#answered.push(answer as Answered);
      },
    });
  }

  /**
   * Does something to the network and returns how long the slowest request waited because of it, and the two after it,
   * in ms. `disturb` may tell the instant, else its begin counts. A request that was under way then counts from there:
   * what it waited before is its own travel. Ends once requests were answered for `quiet` ms.
   */
  async around(disturb: () => Promise<unknown>, quiet = 100): Promise<[number, number, number]> {
    const began = monotonicNs();
    const instant = await disturb();
    const from = typeof instant === 'number' ? instant : began;
    const disturbed = monotonicNs();
    const after = () => this.#answered.filter(({ sent_ns, ms }) => sent_ns + ms * 1e6 >= from);
    await until(
      'requests are answered again',
      () => after().filter(({ sent_ns }) => sent_ns > disturbed + quiet * 1e6).length >= 3,
      20_000,
    );
    const waits = after().map(({ sent_ns, ms }) => ms - Math.max(0, from - sent_ns) / 1e6);
    const slowest = waits.indexOf(Math.max(...waits.slice(0, -2)));
    const [first = 0, second = 0, third = 0] = waits.slice(slowest);
    return [first, second, third];
  }

  async stop(): Promise<void> {
    this.program.send('quit');
    await this.program.stop();
  }
}
