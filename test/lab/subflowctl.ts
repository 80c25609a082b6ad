// The raw verbs of the real command line, in hosts of the lab.

import { fileURLToPath } from 'node:url';
import type { Host } from './host.ts';
import type { Program } from './program.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  /** Lines. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** Starts it; words that are empty are left out. */
export const startCtl = (host: Host, line: string): Program =>
  host.spawn([process.execPath, MAIN, ...line.split(' ').filter(Boolean)]);

export const ctl = async (host: Host, line: string): Promise<Outcome> => {
  const program = startCtl(host, line);
  const { code } = await program.exited;
  return { code, stdout: program.lines, stderr: program.errors };
};

/** One line of `monitor --json`. */
export type Told = Readonly<Record<string, string | number>>;

/** `monitor --json` in a host, and what it has told. */
export class Monitor {
  readonly program: Program;

  /** Ready once it has told of a listener that was opened for that. */
  static async start(host: Host): Promise<Monitor> {
    const monitor = new Monitor(startCtl(host, 'monitor --json'));
    await ready(host, () => monitor.told.length > 0);
    return monitor;
  }

  private constructor(program: Program) {
    this.program = program;
  }

  get told(): Told[] {
    return this.program.lines.map((line) => JSON.parse(line) as Told);
  }

  /** Waits for an event with all of these attributes. */
  event(event: string, attributes: Told = {}): Promise<Told> {
    const wanted = Object.entries({ event, ...attributes });
    const look = () =>
      this.told.find((told) => wanted.every(([name, value]) => told[name] === value));
    const what = wanted.map(([name, value]) => `${name} ${value}`).join(', ');
    return until(what, look, 5_000) as Promise<Told>;
  }
}

/** Opens listeners, which are events too, until whoever shall listen has heard of one. */
export const ready = async (host: Host, heard: () => boolean): Promise<void> => {
  await until(
    'events are heard',
    async () => {
      const listener = startCtl(host, 'listen 127.0.0.1 port 0');
      await listener.line('listening');
      await listener.stop();
      return heard();
    },
    20_000,
  );
};
