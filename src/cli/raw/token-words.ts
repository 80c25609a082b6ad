// `token T`, by which every command of one connection names it.

import { formatToken } from '../../model/token.ts';
import { Once, U8, U32, type Words } from './words.ts';

export class TokenReader {
  #token = 0;
  readonly #once: Once;

  constructor(once: Once) {
    this.#once = once;
  }

  accept(words: Words): boolean {
    if (!words.skip('token')) return false;
    this.#once.say('token');
    this.#token = words.number('token', U32);
    return true;
  }

  get token(): number {
    this.#once.need('token');
    return this.#token;
  }
}

/** `token T id N`, in either order. */
export const readTokenAndId = (words: Words) => {
  const once = new Once();
  const tokens = new TokenReader(once);
  let id: number | undefined;
  while (words.left) {
    if (words.skip('id')) {
      once.say('id');
      id = words.number('id', U8);
    } else if (!tokens.accept(words)) words.end();
  }
  return { token: tokens.token, id };
};

/** `subflow create on 0x1a2b3c4d` */
export const titleOn = (operation: string, token: number): string =>
  `${operation} on ${formatToken(token)}`;
