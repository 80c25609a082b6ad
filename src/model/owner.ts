// Whose a connection is, as a refusal tells. Everything that is wrong with a token is EINVAL: only the text tells them
// apart.

import type { Refusal } from './event.ts';

/** The kernel says that this connection belongs to its own path manager. */
export const isNotOurs = ({ text = '' }: Pick<Refusal, 'text'>): boolean =>
  /userspace PM not selected/i.test(text);
