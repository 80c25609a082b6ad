// Commands as promises: each settles with the kernel's answer.

import type { PathManagerCommand } from '../model/command.ts';
import type { Lost } from '../model/event.ts';
import type { Addon, CommandResult, CommandSocket, NativeRefusal, SocketOptions } from './addon.ts';
import { KernelError, kernelErrorOf } from './kernel-error.ts';

interface Waiting {
  readonly command: PathManagerCommand;
  resolve(): void;
  reject(error: unknown): void;
}

const CLOSED = { errno: 125, code: 'ECANCELED', text: 'closed' } as const;
const ANSWER_LOST = { errno: 105, code: 'ENOBUFS', text: 'the answer was lost' } as const;

export class Acknowledgements {
  readonly #addon: Addon;
  readonly #socket: CommandSocket;
  readonly #onLost: (lost: Lost) => void;
  readonly #waiting = new Map<number, Waiting>();
  #closed = false;

  constructor(addon: Addon, options: SocketOptions, onLost: (lost: Lost) => void) {
    this.#addon = addon;
    this.#onLost = onLost;
    this.#socket = new addon.CommandSocket((results) => this.#answered(results), options);
  }

  /** Sends it before it returns. */
  execute(command: PathManagerCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#error(command, CLOSED));
      try {
        const sequence = this.#socket.send([command]);
        this.#waiting.set(sequence, { command, resolve, reject });
      } catch (error) {
        reject(kernelErrorOf(command.kind, error, command));
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#rejectAll(CLOSED);
  }

  #answered(results: readonly (CommandResult | Lost)[]): void {
    for (const result of results) {
      if ('kind' in result) {
        // Which answers are missing nobody can tell.
        this.#rejectAll(ANSWER_LOST);
        this.#onLost(result);
        continue;
      }
      const waiting = this.#waiting.get(result.sequence);
      this.#waiting.delete(result.sequence);
      if (result.refusal === undefined) waiting?.resolve();
      else waiting?.reject(this.#error(waiting.command, result.refusal));
    }
  }

  #rejectAll(refusal: NativeRefusal): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { command, reject } of all) reject(this.#error(command, refusal));
  }

  #error(command: PathManagerCommand, refusal: NativeRefusal): KernelError {
    const { errno, code, text: extack } = refusal;
    const attribute = this.#addon.attributeOf(command, refusal);
    return new KernelError({ operation: command.kind, errno, code, extack, attribute, command });
  }
}
