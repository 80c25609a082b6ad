// What is to be remembered of connections, written down soon after it changed: never before what it leads to was sent.

import { remember, rememberPaths } from '../engine/memory.ts';
import type { State } from '../engine/state.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';

/** Where it is written down; a {@link Ledger}, or in simulations something that only remembers. */
export type Keeper = Pick<Ledger, 'keepEndpoints' | 'noteConnection' | 'notePaths' | 'write'>;

/** Connections noted before the event loop gets its turn. */
const SLICE = 256;

/** Time until a write that failed is tried again, in ms. */
const PAUSE = 1_000;

export interface NotesOptions {
  readonly clock: Clock;
  readonly keeper: Keeper;
  readonly state: Readonly<State>;
  /** Called once, until a write has succeeded again. */
  readonly onProblem: (error: Error) => void;
}

export class Notes {
  readonly #clock: Clock;
  readonly #keeper: Keeper;
  readonly #state: Readonly<State>;
  readonly #onProblem: NotesOptions['onProblem'];
  readonly #tokens = new Set<number>();
  #isScheduled = false;
  #hasFailed = false;
  #isClosed = false;

  constructor({ clock, keeper, state, onProblem }: NotesOptions) {
    this.#clock = clock;
    this.#keeper = keeper;
    this.#state = state;
    this.#onProblem = onProblem;
  }

  /** These connections have changed, or have ended. */
  addConnections(tokens: readonly number[]): void {
    if (tokens.length === 0) return;
    for (const token of tokens) this.#tokens.add(token);
    this.#writeSoon();
  }

  /** The paths have changed. */
  addPaths(): void {
    this.#writeSoon();
  }

  #writeSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const write = () => this.#writeSome(SLICE);
    if (this.#hasFailed) this.#clock.at(this.#clock.now() + PAUSE, write);
    else this.#clock.soon(write);
  }

  /** Writes everything that there is, and no more. */
  close(): void {
    this.#writeSome(Number.POSITIVE_INFINITY);
    this.#isClosed = true;
  }

  #writeSome(most: number): void {
    this.#isScheduled = false;
    if (this.#isClosed) return;
    this.#noteConnections(most);
    this.#keeper.notePaths(rememberPaths(this.#state, this.#clock.now()));
    try {
      this.#keeper.write();
      this.#hasFailed = false;
    } catch (error) {
      // Without it the next daemon knows less, which is no reason to do less now.
      if (!this.#hasFailed) this.#onProblem(error as Error);
      this.#hasFailed = true;
    }
    if (this.#tokens.size > 0) this.#writeSoon();
  }

  #noteConnections(most: number): void {
    const { connections } = this.#state;
    let noted = 0;
    for (const token of this.#tokens) {
      if (noted++ === most) return;
      this.#tokens.delete(token);
      const connection = connections.get(token);
      this.#keeper.noteConnection(token, connection && remember(this.#state, connection));
    }
  }
}
