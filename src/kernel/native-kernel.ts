// The real kernel, through the addon: three sockets on the event loop, look-ups beside them.

import type {
  Command,
  ListenerCommand,
  PathManagerCommand,
  SelectCommand,
} from '../model/command.ts';
import type { CommandDone, KernelEvent, Lost, Observed, PathManagerEvent } from '../model/event.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Addon, CommandResult, CommandSocket, DiagSocket, SocketOptions } from './addon.ts';
import type { Kernel } from './kernel.ts';
import { Listeners } from './listeners.ts';
import { writePathManager } from './path-manager-sysctl.ts';
import { readSnapshot } from './read-snapshot.ts';
import { RouteWatch } from './route-watch.ts';

type Listener = (batch: readonly KernelEvent[]) => void;
type Observe = Command & { readonly kind: 'observe' };

export class NativeKernel implements Kernel {
  readonly #addon: Addon;
  readonly #options: SocketOptions;
  readonly #commands: CommandSocket;
  readonly #diag: DiagSocket;
  readonly #listeners: Listeners;
  readonly #closers: { close(): void }[] = [];
  /** What was sent and is not answered, by sequence number. */
  readonly #unanswered = new Map<number, Command>();
  #listener: Listener = () => {};

  /** Throws what the addon throws: EPERM without CAP_NET_ADMIN, ENOENT without MPTCP. */
  constructor(addon: Addon, options: SocketOptions = {}) {
    this.#addon = addon;
    this.#options = options;
    this.#commands = new addon.CommandSocket((results) => this.#answered(results), options);
    this.#diag = new addon.DiagSocket(options);
    this.#listeners = new Listeners(addon, options, (event) => this.#listener([event]));
    this.#closers.push(this.#commands, this.#diag, this.#listeners);
  }

  events(listener: Listener): void {
    this.#listener = listener;
    const { PathManagerEventSocket } = this.#addon;
    const deliver = (batch: readonly (PathManagerEvent | Lost)[]) => this.#listener(batch);
    this.#closers.push(new PathManagerEventSocket(deliver, this.#options));
    this.#closers.push(new this.#addon.ClockWatch(() => this.#listener([{ kind: 'clock-set' }])));
    this.#closers.push(
      new RouteWatch(this.#addon, this.#options, (batch) => this.#listener(batch)),
    );
  }

  snapshot(): Promise<Snapshot> {
    return readSnapshot(this.#addon, this.#options);
  }

  execute(commands: readonly Command[]): void {
    const requests: (Command & PathManagerCommand)[] = [];
    const observations: Observe[] = [];
    const listening: (Command & ListenerCommand)[] = [];
    const selections: (Command & SelectCommand)[] = [];
    for (const command of commands) {
      if (command.kind === 'observe') observations.push(command);
      else if (command.kind === 'listen' || command.kind === 'unlisten') listening.push(command);
      else if (command.kind === 'select-path-manager') selections.push(command);
      else requests.push(command);
    }
    if (requests.length > 0) this.#send(requests);
    if (observations.length > 0) this.#observe(observations);
    if (listening.length > 0) this.#do(listening, (command) => this.#listeners.run(command));
    if (selections.length > 0) this.#do(selections, ({ manager }) => writePathManager(manager));
  }

  close(): void {
    this.#listener = () => {};
    for (const socket of this.#closers) socket.close();
    this.#unanswered.clear();
  }

  #send(requests: readonly (Command & PathManagerCommand)[]): void {
    try {
      const first = this.#commands.send(requests);
      requests.forEach((request, index) => {
        this.#unanswered.set((first + index) >>> 0, request);
      });
    } catch (error) {
      this.#notSent(requests, error as NodeJS.ErrnoException);
    }
  }

  /** No memory, say: a refusal like the kernel's own, which is retried. */
  #notSent(requests: readonly Command[], error: NodeJS.ErrnoException): void {
    const answers = requests.map((command) => notDone(command, error));
    queueMicrotask(() => this.#listener(answers));
  }

  #answered(results: readonly (CommandResult | Lost)[]): void {
    const events: KernelEvent[] = [];
    for (const result of results) {
      if ('kind' in result) {
        // Which answers are missing nobody can tell: a resync shows what became of them.
        this.#unanswered.clear();
        events.push(result);
        continue;
      }
      const command = this.#unanswered.get(result.sequence);
      this.#unanswered.delete(result.sequence);
      if (command === undefined) continue;
      const { refusal } = result;
      events.push({ kind: 'command-done', command, ...(refusal && { refusal }) });
    }
    if (events.length > 0) this.#listener(events);
  }

  /** What is no message to the kernel, answered like one. */
  #do<One extends Command>(commands: readonly One[], run: (command: One) => void): void {
    const answers = commands.map((command): CommandDone => {
      try {
        run(command);
        return { kind: 'command-done', command };
      } catch (error) {
        const { message, code } = error as NodeJS.ErrnoException;
        return notDone(command, error as NodeJS.ErrnoException, message.replace(` (${code})`, ''));
      }
    });
    queueMicrotask(() => this.#listener(answers));
  }

  /** Looks at once, and answers like every other command: after `execute` has returned. */
  #observe(observations: readonly Observe[]): void {
    const answers = observations.map((command): Observed | CommandDone => {
      try {
        const subflow = this.#diag.subflow(command.local, command.remote, command.ifindex);
        return { kind: 'observed', command, ...(subflow && { subflow }) };
      } catch (error) {
        // Not to be taken for the answer that there is no such subflow.
        return notDone(command, error as NodeJS.ErrnoException);
      }
    });
    queueMicrotask(() => this.#listener(answers));
  }
}

const notDone = (
  command: Command,
  { code = '', errno = 0, message }: NodeJS.ErrnoException,
  text = `not sent: ${message}`,
): CommandDone => ({
  kind: 'command-done',
  command,
  refusal: { code, errno: Math.abs(errno), text },
});
