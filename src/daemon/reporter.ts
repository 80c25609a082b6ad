// What the controller tells of its work. Called after the commands were sent.

import type { Command } from '../model/command.ts';
import type { KernelEvent } from '../model/event.ts';

export interface Reporter {
  events(batch: readonly KernelEvent[]): void;
  decisions(commands: readonly Command[]): void;
  resynced(reason: string, connections: number, milliseconds: number): void;
  /** Something that people should know, in plain words. */
  notice(text: string): void;
  problem(what: string, error: Error): void;
}
