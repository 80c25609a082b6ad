// `token T from ADDRESS … to ADDRESS …`: a subflow of one connection by its two ends.

import { AddressReader } from './address-words.ts';
import type { AddressWords } from './command.ts';
import { TokenReader } from './token-words.ts';
import { UsageError } from './usage-error.ts';
import { Once, type Words } from './words.ts';

export interface Pair {
  readonly token: number;
  /** The flags are those of the subflow, and stand here wherever they were typed. */
  readonly local: AddressWords;
  readonly remote: AddressWords;
}

/** Each end begins with its word; `token` may stand before, between and after them. */
export const readPair = (words: Words): Pair => {
  const once = new Once();
  const tokens = new TokenReader(once);
  const ends = { from: new AddressReader(), to: new AddressReader() };
  let end: AddressReader | undefined;
  while (words.left) {
    const side = words.peek();
    if (side === 'from' || side === 'to') {
      words.next();
      once.say(side);
      end = ends[side];
    } else if (!tokens.accept(words) && !end?.accept(words)) words.end();
  }
  const { token } = tokens;
  for (const side of ['from', 'to'] as const) {
    once.need(side);
    if (!ends[side].once.has('ADDRESS')) throw new UsageError(`ADDRESS after "${side}" is missing`);
  }
  const { flags, ...remote } = ends.to.read;
  if (flags === undefined) return { token, local: ends.from.read, remote };
  if (ends.from.read.flags !== undefined) throw new UsageError('flags stand there twice');
  return { token, local: { ...ends.from.read, flags }, remote };
};
