// Connections that ended before the peer had acknowledged data. Its acknowledgement of their end makes the kernel tell
// that they are established: after CLOSED.

import type { State } from './state.ts';

/** Of these the kernel tells within a round trip, or never. */
const REMEMBERED = 1_024;

export const end = (state: State, token: number): void => {
  const connection = state.connections.get(token);
  if (connection === undefined) return;
  state.connections.delete(token);
  // What is kept for it elsewhere goes, too.
  state.dirty.add(token);
  if (connection.established) return;
  state.ended.add(token);
  const [oldest] = state.ended;
  if (state.ended.size > REMEMBERED && oldest !== undefined) state.ended.delete(oldest);
};
