// A program that runs in a host of the lab, and does not outlive it.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE } from './until.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with every line, of standard output and of standard error. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export class Program {
  readonly title: string;
  readonly exited: Promise<Exit>;
  /** Every line of standard output so far. */
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #readers = new Set<() => void>();
  #exit: Exit | undefined;
  #taken = 0;

  constructor(title: string, argv: readonly string[], options: ProgramOptions = {}) {
    const [command = '', ...rest] = argv;
    this.title = title;
    this.#child = spawn(command, rest, { cwd: options.cwd, env: options.env ?? process.env });
    this.#child.stdin.on('error', () => {});
    createInterface(this.#child.stdout).on('line', (line) => {
      this.lines.push(line);
      options.onLine?.(line, 'stdout');
      this.#wake();
    });
    createInterface(this.#child.stderr).on('line', (line) => {
      this.errors.push(line);
      options.onLine?.(line, 'stderr');
    });
    this.exited = new Promise((resolve) => {
      this.#child.on('error', (error) => this.errors.push(String(error)));
      this.#child.on('close', (code, signal) => {
        this.#exit = { code, signal };
        this.#wake();
        resolve(this.#exit);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  send(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** The next line of standard output that `accept` takes; each line is looked at once. */
  async line(
    description: string,
    accept: (line: string) => boolean = () => true,
    deadlineMs = 5_000,
  ): Promise<string> {
    const end = performance.now() + deadlineMs * PATIENCE;
    for (;;) {
      while (this.#taken < this.lines.length) {
        const line = this.lines[this.#taken++] ?? '';
        if (accept(line)) return line;
      }
      const left = end - performance.now();
      if (!this.running || left <= 0) throw new Error(this.#complaint(description, deadlineMs));
      await this.#change(left);
    }
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Asks it to end, and insists after `patienceMs`. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 2_000): Promise<Exit> {
    this.kill(signal);
    const timer = setTimeout(() => this.kill(), patienceMs * PATIENCE);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    for (const reader of this.#readers) reader();
    this.#readers.clear();
  }

  async #change(deadlineMs: number): Promise<void> {
    const timer = new AbortController();
    const change = new Promise<void>((resolve) => this.#readers.add(resolve));
    const patience = pause(deadlineMs, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([change, patience]);
    timer.abort();
  }

  #complaint(description: string, deadlineMs: number): string {
    const state = this.#exit
      ? `it ended with ${this.#exit.signal ?? this.#exit.code}`
      : `waited ${deadlineMs} ms`;
    const last = this.errors.at(-1) ?? this.lines.at(-1) ?? 'nothing';
    return `${this.title}: no line with ${description}: ${state}; last heard: ${last}`;
  }
}
