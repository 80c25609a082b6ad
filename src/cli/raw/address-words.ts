// `ADDRESS id N port N dev NAME FLAG…`, in any order: one address with what belongs to it.

import type { AddressWords } from './command.ts';
import { flagOf } from './flags.ts';
import { expand, isAddress, Once, U8, U16, U32, type Words } from './words.ts';

const KEYS = ['id', 'port', 'dev', 'flags'] as const;
const FLAGS = 'flags';
const ADDRESS = 'ADDRESS';

export class AddressReader {
  readonly once = new Once();
  #read: AddressWords = {};
  #bits: number | undefined;

  get read(): AddressWords {
    return this.#bits === undefined ? this.#read : { ...this.#read, flags: this.#bits };
  }

  /** Takes what comes next, where it belongs to an address. */
  accept(words: Words): boolean {
    const word = words.peek();
    if (word === undefined) return false;
    if (isAddress(word)) {
      this.once.say(ADDRESS);
      this.#read = { ...this.#read, address: word };
      words.next();
      return true;
    }
    return this.#acceptFlag(words, word) || this.#acceptKey(words, word);
  }

  #acceptFlag(words: Words, word: string): boolean {
    const flag = flagOf(word);
    if (flag === undefined) return false;
    words.next();
    this.once.say(flag.name);
    this.#bits = ((this.#bits ?? 0) | flag.bit) >>> 0;
    return true;
  }

  #acceptKey(words: Words, word: string): boolean {
    const key = expand(word, KEYS);
    if (key === undefined) return false;
    words.next();
    this.once.say(key);
    if (key === FLAGS) this.#bits = ((this.#bits ?? 0) | words.number(key, U32)) >>> 0;
    else if (key === 'dev') this.#read = { ...this.#read, dev: words.take('NAME after "dev"') };
    else this.#read = { ...this.#read, [key]: words.number(key, key === 'id' ? U8 : U16) };
    return true;
  }
}

/** Everything up to the end is of one address. */
export const readAddress = (words: Words): AddressReader => {
  const reader = new AddressReader();
  while (reader.accept(words)) {}
  words.end();
  return reader;
};
