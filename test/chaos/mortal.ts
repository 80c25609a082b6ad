// The daemon's lives: one after the other, in one runtime directory.

import { Daemon, type DaemonOptions } from '../lab/daemon.ts';
import type { Host } from '../lab/index.ts';

export class Mortal {
  kills = 0;
  /** Events that found a receive buffer full, as /proc/net/netlink counts them. */
  drops = 0;
  /** Times that a daemon read everything again. */
  resyncs = 0;
  /** Ends that nobody asked for, each with the last words. */
  readonly deaths: string[] = [];
  readonly #host: Host;
  readonly #options: DaemonOptions;
  #daemon: Daemon | undefined;
  #asked = false;

  constructor(host: Host, options: DaemonOptions) {
    this.#host = host;
    this.#options = options;
  }

  get pid(): number {
    return this.#living.program.pid;
  }

  get #living(): Daemon {
    if (this.#daemon === undefined) throw new Error('no daemon was started');
    return this.#daemon;
  }

  ready(): Promise<void> {
    return this.#living.ready();
  }

  /** Everything is read again, as after lost events. */
  readAgain(): void {
    this.#living.program.kill('SIGHUP');
  }

  /** Does not wait until it is ready. */
  start(): void {
    const daemon = Daemon.launch(this.#host, this.#options);
    this.#daemon = daemon;
    this.#asked = false;
    void daemon.program.exited.then(({ code, signal }) => {
      const again = daemon.program.errors.filter((line) => line.includes('read again'));
      this.resyncs += again.length;
      if (this.#daemon === daemon && this.#asked) return;
      this.deaths.push(`${signal ?? code}: ${daemon.program.errors.slice(-3).join(' | ')}`);
    });
  }

  /** With SIGKILL; resolves once it is gone. */
  async kill(): Promise<void> {
    this.kills += 1;
    await this.#countDrops();
    this.#asked = true;
    await this.#living.program.stop('SIGKILL');
  }

  async #countDrops(): Promise<void> {
    const table = await this.#host.exec(['cat', '/proc/net/netlink']);
    for (const line of table.split('\n').slice(1)) {
      const [, , port = '0', , , , , , drops = '0'] = line.trim().split(/\s+/);
      // Port 0 is the kernel's own.
      if (port !== '0') this.drops += Number(drops);
    }
  }
}
