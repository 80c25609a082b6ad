// The log's view of the controller's work, and the counters that `status` shows.

import { formatSocketAddress } from '../model/address.ts';
import type { Command } from '../model/command.ts';
import { errorName } from '../model/errno.ts';
import type { CommandDone, KernelEvent, Lost, SubflowEvent } from '../model/event.ts';
import { formatCommand, formatRefusal } from '../model/format-command.ts';
import { formatToken } from '../model/token.ts';
import type { Level, Log } from './log.ts';
import type { Reporter } from './reporter.ts';

/** What `status` counts, since the daemon started. */
export interface Counters {
  events: number;
  /** Times that events were lost: overflows of a receive buffer, undecodable messages. */
  lost: number;
  resyncs: number;
  commands: number;
  refused: number;
  joined: number;
  /** Connections to listeners for joins that were none. */
  resetAtListeners: number;
}

export class LogReporter implements Reporter {
  readonly counters: Counters = {
    events: 0,
    lost: 0,
    resyncs: 0,
    commands: 0,
    refused: 0,
    joined: 0,
    resetAtListeners: 0,
  };
  readonly #log: Pick<Log, 'isEnabled' | 'write'>;
  /** A flood overflows a receive buffer many times, and all of it is cured by one resync: said once. */
  #saidLost = false;

  constructor(log: Pick<Log, 'isEnabled' | 'write'>) {
    this.#log = log;
  }

  events(batch: readonly KernelEvent[]): void {
    this.counters.events += batch.length;
    for (const event of batch) {
      this.#count(event);
      const level = event.kind === 'lost' ? this.#levelOfLoss() : levelOf(event);
      if (this.#log.isEnabled(level)) this.#log.write(level, () => formatEvent(event));
    }
  }

  decisions(commands: readonly Command[]): void {
    this.counters.commands += commands.length;
    for (const command of commands) {
      const level = command.kind === 'observe' ? 'debug' : 'info';
      this.#log.write(level, () => `${formatCommand(command)}: ${command.why}`);
    }
  }

  resynced(reason: string, connections: number, milliseconds: number): void {
    this.counters.resyncs += 1;
    this.#saidLost = false;
    const took = `${connections} connections in ${milliseconds.toFixed(1)} ms`;
    this.#log.write('info', `everything was read again (${reason}): ${took}`);
  }

  notice(text: string): void {
    this.#log.write('warn', text);
  }

  problem(what: string, error: Error): void {
    this.#log.write('error', `${what}: ${error.message}`);
  }

  #levelOfLoss(): Level {
    const level = this.#saidLost ? 'debug' : 'warn';
    this.#saidLost = true;
    return level;
  }

  #count(event: KernelEvent): void {
    if (event.kind === 'lost') this.counters.lost += 1;
    else if (event.kind === 'sub-established') this.counters.joined += 1;
    else if (event.kind === 'listener-reset') this.counters.resetAtListeners += event.count;
    else if (event.kind === 'command-done' && event.refusal) this.counters.refused += 1;
  }
}

const levelOf = (event: Exclude<KernelEvent, Lost>): Level => {
  switch (event.kind) {
    case 'command-done':
      return event.refusal === undefined ? 'debug' : 'warn';
    case 'sub-established':
    case 'sub-closed':
    case 'announced':
    case 'removed':
    case 'link':
    case 'link-removed':
    case 'address-removed':
      return 'info';
    default:
      return 'debug';
  }
};

const formatEvent = (event: KernelEvent): string => {
  switch (event.kind) {
    case 'lost':
      return `events were lost (${event.socket}: ${event.reason}): everything is read again`;
    case 'command-done':
      if (event.refusal === undefined) return `accepted: ${formatCommand(event.command)}`;
      if (isTaken(event)) return `another program listens there: ${formatCommand(event.command)}`;
      return `refused: ${formatRefusal(event.command, event.refusal)}`;
    case 'sub-established':
      return `joined ${formatPair(event)}`;
    case 'sub-closed':
      return `closed ${formatPair(event)}${event.error === 0 ? '' : `: ${errorName(event.error)}`}`;
    case 'announced':
      return `peer of ${formatToken(event.token)} announced id ${event.remoteId}, ${formatSocketAddress(event.remote)}`;
    case 'removed':
      return `peer of ${formatToken(event.token)} withdrew id ${event.remoteId}`;
    case 'link':
      return `${event.name} ${linkState(event)}`;
    case 'link-removed':
      return `interface ${event.index} is gone`;
    case 'address-removed':
      return `${event.address} left interface ${event.index}`;
    default:
      return JSON.stringify(event, (_, value) => (value instanceof Map ? [...value] : value));
  }
};

/** No failure: joins find a listener. It serves them if it is one of MPTCP. */
const isTaken = ({ command, refusal }: CommandDone): boolean =>
  command.kind === 'listen' && refusal?.code === 'EADDRINUSE';

const linkState = ({ up, running }: { up: boolean; running: boolean }): string => {
  if (!up) return 'is down';
  return running ? 'is up' : 'is up, without carrier';
};

const formatPair = ({ token, local, remote }: SubflowEvent): string =>
  `${formatToken(token)} ${formatSocketAddress(local)} → ${formatSocketAddress(remote)}`;
