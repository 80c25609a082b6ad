// The real daemon in a host of the lab, and the real command line to ask it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Status } from '../../src/control/protocol.ts';
import type { Host } from './host.ts';
import type { Program } from './program.ts';
import { until } from './until.ts';

const compiled = (path: string): string =>
  fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

export interface DaemonOptions {
  /** Policy files or directories; without any the built-in default is in force. */
  readonly policies?: readonly string[];
  readonly onLine?: (line: string) => void;
  /** Further words for `subflowd run`. */
  readonly words?: readonly string[];
  /** Its runtime directory; one of its own, that goes with it, unless given. */
  readonly runtime?: string;
}

export class Daemon {
  readonly program: Program;
  readonly #host: Host;
  readonly #runtime: string;

  /** Starts it and waits until it has taken over. */
  static async start(host: Host, options: DaemonOptions = {}): Promise<Daemon> {
    const daemon = Daemon.launch(host, options);
    await daemon.ready();
    return daemon;
  }

  /** Starts it, and does not wait. */
  static launch(host: Host, options: DaemonOptions = {}): Daemon {
    return new Daemon(host, options);
  }

  /** A directory for several daemons, one after the other. */
  static runtime(): string {
    return mkdtempSync(join(tmpdir(), 'subflowd-'));
  }

  private constructor(host: Host, { policies = [], onLine, words = [], runtime }: DaemonOptions) {
    this.#host = host;
    this.#runtime = runtime ?? Daemon.runtime();
    const files = policies.flatMap((path) => ['--policies', path]);
    this.program = host.spawn(
      [...[compiled('daemon/main.js'), 'run'], ...files, ...['--runtime', this.#runtime, ...words]],
      { onLine: (line) => onLine?.(line) },
    );
    const forget = () => rmSync(this.#runtime, { recursive: true, force: true });
    if (runtime === undefined) void this.program.exited.then(forget);
  }

  /** Waits until it has taken over. */
  async ready(): Promise<void> {
    await until(
      'the daemon is ready',
      () => {
        if (!this.program.running) throw new Error(this.program.errors.join('\n'));
        return this.program.errors;
      },
      30_000,
      (lines) => lines.some((line) => line.endsWith(' ready')),
    );
  }

  /** What `subflowctl` prints. */
  ctl(...words: readonly string[]): Promise<string> {
    const argv = [compiled('cli/main.js'), ...words, '--runtime', this.#runtime];
    return this.#host.exec([process.execPath, ...argv]);
  }

  async status(): Promise<Status> {
    return JSON.parse(await this.ctl('status', '--json')) as Status;
  }

  /** Ends it cleanly; resolves to its exit status. */
  async stop(): Promise<number | null> {
    const { code } = await this.program.stop('SIGTERM', 10_000);
    return code;
  }
}
