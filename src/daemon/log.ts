// The log: one line a decision, on standard error. Writing never delays the work: lines are made when there is time for
// it, and dropped rather than that a slow reader stops the daemon.

import { pino } from 'pino';

export type LogFormat = 'text' | 'json';
export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Bytes that may wait for a slow reader. */
const MAX_WAITING = 4 << 20;

/** How long a line may wait until it is made, in ms. */
const PATIENCE = 50;

/** Lines that are made at a time, and that may wait: each keeps an event from being collected. */
const SLICE = 64;
const MAX_LINES = 1_024;

const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const;

interface Line {
  readonly level: Level;
  readonly time: Date;
  readonly message: () => string;
}

export class Log {
  readonly #threshold: number;
  readonly #destination: ReturnType<typeof pino.destination>;
  readonly #print: (lines: readonly Line[]) => void;
  #waiting: Line[] = [];

  constructor(format: LogFormat, level: Level) {
    this.#threshold = LEVELS[level];
    this.#destination = pino.destination({ fd: 2, sync: false, maxLength: MAX_WAITING });
    // A reader that has gone is no reason to stop.
    this.#destination.on('error', () => {});
    const logger = pino({ level, base: null, timestamp: false }, this.#destination);
    const asJson = ({ level, time, message }: Line): void =>
      logger[level]({ time: time.toISOString() }, message());
    this.#print =
      format === 'json'
        ? (lines) => lines.forEach(asJson)
        : (lines) => void this.#destination.write(lines.map(asText).join(''));
  }

  isEnabled(level: Level): boolean {
    return LEVELS[level] >= this.#threshold;
  }

  /** `message` is called later, if at all: what it tells of must not change. */
  write(level: Level, message: string | (() => string)): void {
    if (!this.isEnabled(level)) return;
    if (this.#waiting.length === 0) setTimeout(() => this.#make(), PATIENCE);
    const make = typeof message === 'string' ? () => message : message;
    this.#waiting.push({ level, time: new Date(), message: make });
    if (this.#waiting.length >= MAX_LINES) this.#print(this.#waiting.splice(0));
  }

  /** Writes out what waits; to be called before the process ends. */
  flush(): void {
    if (this.#waiting.length > 0) this.#print(this.#waiting.splice(0));
    try {
      this.#destination.flushSync();
    } catch {
      // The reader has gone: there is nobody left to tell.
    }
  }

  #make(): void {
    if (this.#waiting.length === 0) return;
    this.#print(this.#waiting.splice(0, SLICE));
    if (this.#waiting.length > 0) setImmediate(() => this.#make());
  }
}

/** `12:34:56.789 info  message` */
const asText = ({ level, time, message }: Line): string =>
  `${time.toISOString().slice(11, 23)} ${level.padEnd(5)} ${message()}\n`;
