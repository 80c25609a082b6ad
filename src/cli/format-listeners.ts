// Listeners as people read them: who serves the joins to announced ports.

import type { ListenerStatus } from '../control/index.ts';
import { pendingLine } from './format-connections.ts';

export const formatListeners = (listeners: readonly ListenerStatus[] = []): string[] =>
  listeners.map(({ local, state, pending }) =>
    pending === undefined ? `joins at ${local}: ${WHOSE[state]}` : pendingLine(pending).trim(),
  );

const WHOSE: Readonly<Record<ListenerStatus['state'], string>> = {
  ours: 'listened for',
  foreign: 'another program listens there',
  waiting: 'nobody listens yet',
};
