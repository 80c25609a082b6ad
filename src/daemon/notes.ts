// What is to be remembered of connections and paths, written down at the end of the turn in which it changed: after what
// it leads to was sent, and before anything else happens.

import { remember, rememberPaths } from '../engine/memory.ts';
import type { State } from '../engine/state.ts';
import type { Ledger } from './ledger.ts';

/** Where it is written down; a {@link Ledger}, or in simulations something that only remembers. */
export type Keeper = Pick<Ledger, 'keepEndpoints' | 'noteConnection' | 'notePaths' | 'write'>;

/** Time until a write that failed is tried again, in ms. */
const PAUSE = 1_000;

export interface NotesOptions {
  readonly keeper: Keeper;
  readonly state: Readonly<State>;
  /** Called once, until a write has succeeded again. */
  readonly onProblem: (error: Error) => void;
}

export class Notes {
  readonly #keeper: Keeper;
  readonly #state: Readonly<State>;
  readonly #onProblem: NotesOptions['onProblem'];
  /** When a write failed; undefined where the last one did not. */
  #failedAt: number | undefined;

  constructor({ keeper, state, onProblem }: NotesOptions) {
    this.#keeper = keeper;
    this.#state = state;
    this.#onProblem = onProblem;
  }

  /** These connections have changed, or have ended. */
  noteConnections(tokens: readonly number[]): void {
    const { connections } = this.#state;
    for (const token of tokens) {
      const connection = connections.get(token);
      this.#keeper.noteConnection(token, connection && remember(this.#state, connection));
    }
  }

  /** The paths have changed. */
  notePaths(now: number): void {
    this.#keeper.notePaths(rememberPaths(this.#state, now));
  }

  /** Writes what was noted; what could not be written before comes with it. */
  write(now: number): void {
    if (this.#failedAt !== undefined && now - this.#failedAt < PAUSE) return;
    try {
      this.#keeper.write();
      this.#failedAt = undefined;
    } catch (error) {
      // Without it the next daemon knows less, which is no reason to do less now.
      if (this.#failedAt === undefined) this.#onProblem(error as Error);
      this.#failedAt = now;
    }
  }
}
