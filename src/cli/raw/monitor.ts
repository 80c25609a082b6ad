// `monitor`: every event of the path managers, as it comes.

import type { RawCommand } from './command.ts';
import type { Words } from './words.ts';

export const usage = 'monitor';

export const parse = (words: Words): RawCommand => {
  words.end();
  return { do: 'monitor' };
};
