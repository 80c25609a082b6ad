// From a path into a document to the place in its text.

import { type Document, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { Span } from './policy-text.ts';

export interface Location {
  /** Absent where nothing is written there. */
  readonly node: Node | undefined;
  /** Of the value; where nothing is written, of the key that lacks it or of its neighbour. */
  readonly span: Span;
}

export const locate = (document: Document.Parsed, path: readonly PropertyKey[]): Location => {
  let node: Node | null | undefined = document.contents;
  let span = spanOf(node) ?? [0, 0];
  for (const step of path) {
    if (isMap(node)) {
      span = spanOfKey(node, step);
      node = pairOf(node, step)?.value as Node | undefined;
    } else if (isSeq(node)) node = node.items[Number(step)] as Node | undefined;
    else node = undefined;
    span = spanOf(node) ?? span;
  }
  return { node: node ?? undefined, span };
};

/** Of the first key where this one is not there, and of the mapping where none is. */
export const spanOfKey = (map: Node, key: PropertyKey): Span => {
  const pair = isMap(map) ? (pairOf(map, key) ?? map.items[0]) : undefined;
  const [start, end] = (pair?.key as Node | undefined)?.range ?? map.range ?? [0, 0];
  return [start, end];
};

const pairOf = (map: YAMLMap, step: PropertyKey) =>
  map.items.find(({ key }) => isScalar(key) && keyText(key) === step);

/** The text of a key, which may have been left out: `: value`. */
export const keyText = ({ value }: Scalar): string => String(value ?? '');

/** Undefined for a value that is not written: `role:`. */
const spanOf = (node: Node | null | undefined): Span | undefined => {
  const [start, end] = node?.range ?? [0, 0];
  return end > start ? [start, end] : undefined;
};
