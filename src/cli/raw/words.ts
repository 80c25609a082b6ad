// The words of a command line, taken one after the other. What is malformed, missing or said twice is a UsageError.

import { isIP } from 'node:net';
import { UsageError } from './usage-error.ts';

const NUMBER = /^(0|[1-9]\d*|0x[0-9a-f]+)$/i;

export const U8 = 0xff;
export const U16 = 0xffff;
export const U32 = 0xffffffff;

export class Words {
  readonly #words: readonly string[];
  #next = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get left(): boolean {
    return this.#next < this.#words.length;
  }

  peek(): string | undefined {
    return this.#words[this.#next];
  }

  /** Goes on to the next word, where there is one. */
  next(): string | undefined {
    return this.left ? this.#words[this.#next++] : undefined;
  }

  /** The next word; `what` says what it stands for where there is none. */
  take(what: string): string {
    const word = this.next();
    if (word === undefined) throw new UsageError(`${what} is missing`);
    return word;
  }

  /** Takes the next word where it is this one. */
  skip(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#next++;
    return true;
  }

  /** A whole number from 0 to `max`, decimal or hexadecimal. */
  number(what: string, max: number): number {
    return numberOf(this.take(`number after "${what}"`), what, max);
  }

  end(): void {
    const word = this.peek();
    if (word === undefined) return;
    const meant = /[.:]/.test(word) && !isAddress(word);
    throw new UsageError(meant ? `"${word}" is no IP address` : `unknown word "${word}"`);
  }
}

/** Without a zone: the attributes have an interface of their own. */
export const isAddress = (word: string): boolean => isIP(word) !== 0 && !word.includes('%');

const numberOf = (word: string, what: string, max: number): number => {
  // 010 would be 8 to some, and 10 to others.
  if (!NUMBER.test(word)) throw new UsageError(`${what} "${word}" is no number`);
  const number = Number(word);
  if (number > max) throw new UsageError(`${what} ${word} is out of range: at most ${max}`);
  return number;
};

/**
 * The one of `known` that `word` is, or the first that it begins, as `ip` takes its words: so their order decides.
 */
export const expand = <K extends string>(word: string, known: readonly K[]): K | undefined =>
  known.find((each) => each === word) ?? known.find((each) => word !== '' && each.startsWith(word));

/** Notes what was said, and refuses to hear it twice. */
export class Once {
  readonly #said = new Set<string>();

  say(what: string): void {
    if (this.#said.has(what)) throw new UsageError(`"${what}" stands there twice`);
    this.#said.add(what);
  }

  has(what: string): boolean {
    return this.#said.has(what);
  }

  need(...all: readonly string[]): void {
    const missing = all.find((what) => !this.#said.has(what));
    if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  }
}
