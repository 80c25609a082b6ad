// The log's view of the controller's work, and the counters that `status` shows.

import type { Logger } from 'pino';
import { formatSocketAddress } from '../model/address.ts';
import type { Command } from '../model/command.ts';
import { errorName } from '../model/errno.ts';
import type { KernelEvent, SubflowEvent } from '../model/event.ts';
import { formatCommand, formatRefusal } from '../model/format-command.ts';
import { formatToken } from '../model/token.ts';
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
}

export class LogReporter implements Reporter {
  readonly counters: Counters = {
    events: 0,
    lost: 0,
    resyncs: 0,
    commands: 0,
    refused: 0,
    joined: 0,
  };
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  events(batch: readonly KernelEvent[]): void {
    this.counters.events += batch.length;
    for (const event of batch) this.#event(event);
  }

  decisions(commands: readonly Command[]): void {
    this.counters.commands += commands.length;
    for (const command of commands) {
      const level = command.kind === 'observe' ? 'debug' : 'info';
      if (this.#log.isLevelEnabled(level)) {
        this.#log[level](`${formatCommand(command)}: ${command.why}`);
      }
    }
  }

  resynced(reason: string, connections: number, milliseconds: number): void {
    this.counters.resyncs += 1;
    const took = `${connections} connections in ${milliseconds.toFixed(1)} ms`;
    this.#log.info(`everything was read again (${reason}): ${took}`);
  }

  problem(what: string, error: Error): void {
    this.#log.error(`${what}: ${error.message}`);
  }

  #event(event: KernelEvent): void {
    switch (event.kind) {
      case 'lost':
        this.counters.lost += 1;
        this.#log.warn(
          `events were lost, everything is read again: ${event.socket}: ${event.reason}`,
        );
        return;
      case 'command-done':
        if (event.refusal === undefined) return;
        this.counters.refused += 1;
        this.#log.warn(`refused: ${formatRefusal(event.command, event.refusal)}`);
        return;
      case 'sub-established':
        this.counters.joined += 1;
        this.#log.info(`joined ${formatPair(event)}`);
        return;
      case 'sub-closed': {
        const reason = event.error === 0 ? '' : `: ${errorName(event.error)}`;
        this.#log.info(`closed ${formatPair(event)}${reason}`);
        return;
      }
      case 'announced':
        this.#log.info(
          `peer of ${formatToken(event.token)} announced id ${event.remoteId}, ${formatSocketAddress(event.remote)}`,
        );
        return;
      case 'removed':
        this.#log.info(`peer of ${formatToken(event.token)} withdrew id ${event.remoteId}`);
        return;
      case 'link':
        this.#log.info(
          `${event.name} is ${event.up ? 'up' : 'down'}${event.up && !event.running ? ', without carrier' : ''}`,
        );
        return;
      default:
        if (this.#log.isLevelEnabled('debug')) this.#log.debug(describe(event));
    }
  }
}

const formatPair = ({ token, local, remote }: SubflowEvent): string =>
  `${formatToken(token)} ${formatSocketAddress(local)} → ${formatSocketAddress(remote)}`;

const describe = (event: KernelEvent): string =>
  JSON.stringify(event, (_, value) => (value instanceof Map ? [...value] : value));
