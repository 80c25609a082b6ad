// How deep the collections of a YAML file are within one another, before anything recursive touches them: V8 ends the
// whole process, past any catch, where it has to compile a regular expression near the end of its stack.

import type { CST } from 'yaml';

/** A policy needs four. */
const MAX_DEPTH = 16;

/** Where the first collection begins that is too deep. */
export const findTooDeep = (tokens: readonly CST.Token[]): number | undefined => {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const { token, depth } = entry;
    if (depth > MAX_DEPTH) return token.offset;
    for (const child of childrenOf(token)) waiting.push({ token: child, depth: depth + 1 });
  }
  return undefined;
};

const childrenOf = (token: CST.Token): CST.Token[] => {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((child) => child != null));
};
