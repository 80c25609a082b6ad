// The engine's world, small on purpose: everything above it also runs on a scripted one.

import type { Command } from '../model/command.ts';
import type { KernelEvent } from '../model/event.ts';
import type { Snapshot } from '../model/snapshot.ts';

export interface Kernel {
  /** Starts the delivery of events, in batches; one listener. What `execute` leads to comes here too. */
  events(listener: (batch: readonly KernelEvent[]) => void): void;
  /** Everything that can be read of this namespace; complete, or it throws. */
  snapshot(): Promise<Snapshot>;
  /** Sends all of them before it returns, in order; each is answered by one event. */
  execute(commands: readonly Command[]): void;
  close(): void;
}
