// The raw verbs by their first word; each is loaded when it is called.

import type { RawCommand } from './command.ts';
import type { Words } from './words.ts';

export interface Verb {
  readonly usage: string;
  readonly parse: (words: Words) => RawCommand;
}

/** In the order in which help lists them. */
export const VERBS = {
  endpoint: () => import('./endpoint.ts'),
  limits: () => import('./limits.ts'),
  monitor: () => import('./monitor.ts'),
  announce: () => import('./announce.ts'),
  remove: () => import('./remove.ts'),
  subflow: () => import('./subflow.ts'),
  priority: () => import('./priority.ts'),
  addresses: () => import('./addresses.ts'),
  listen: () => import('./listen.ts'),
} as const satisfies Record<string, () => Promise<Verb>>;

export type VerbName = keyof typeof VERBS;

const NAMES = Object.keys(VERBS) as VerbName[];

/** All that the word may stand for: itself, or what it begins. */
export const verbsFor = (word: string): VerbName[] => {
  const exact = NAMES.filter((name) => name === word);
  return exact.length > 0 || word === '' ? exact : NAMES.filter((name) => name.startsWith(word));
};
