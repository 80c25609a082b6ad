// The log: one line a decision, on standard error. Lines are dropped rather than that a slow reader stops the daemon.

import { type Logger, pino } from 'pino';

export type LogFormat = 'text' | 'json';

/** Bytes that may wait for a slow reader. */
const MAX_WAITING = 4 << 20;

const LEVELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info ',
  40: 'warn ',
  50: 'error',
  60: 'fatal',
};

export interface Log {
  readonly logger: Logger;
  /** Writes out what waits; to be called before the process ends. */
  flush(): void;
}

export const createLog = (format: LogFormat, level: string): Log => {
  const destination = pino.destination({ fd: 2, sync: false, maxLength: MAX_WAITING });
  const text = { write: (line: string) => void destination.write(asText(line)) };
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    format === 'text' ? text : destination,
  );
  return {
    logger,
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // The reader has gone: there is nobody left to tell.
      }
    },
  };
};

/** `12:34:56.789 info  message` */
const asText = (line: string): string => {
  const { level, time, msg } = JSON.parse(line) as { level: number; time: string; msg: string };
  return `${time.slice(11, 23)} ${LEVELS[level] ?? level} ${msg}\n`;
};
