// What the schema objects to, in words for people and with its place.

import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { core } from 'zod';
import { alternatives, knownKeys, wouldBeTaken } from './expectation.ts';
import { locate, spanOfKey } from './locate.ts';
import { nearest } from './nearest.ts';
import type { PolicyText } from './policy-text.ts';

export const explainIssues = (
  file: PolicyText,
  document: Document.Parsed,
  issues: readonly core.$ZodIssue[],
): void => {
  const misspelt = new Set(issues.flatMap(misspeltKeys));
  for (const issue of issues) {
    const isMissing = locate(document, issue.path).node === undefined;
    if (!isMissing || !misspelt.has(issue.path.join('.'))) explain(file, document, issue);
  }
};

/** Where a key is written wrongly it need not be called missing as well. */
const misspeltKeys = (issue: core.$ZodIssue): string[] => {
  if (issue.code !== 'unrecognized_keys') return [];
  const known = knownKeys(issue.path);
  return issue.keys.flatMap((key) => {
    const near = nearest(key, known);
    return near === undefined ? [] : [[...issue.path, near].join('.')];
  });
};

const explain = (file: PolicyText, document: Document.Parsed, issue: core.$ZodIssue): void => {
  const { node, span } = locate(document, issue.path);
  const label = labelOf(issue.path);
  if (node === undefined) return file.add(span, `${label} is missing`, issue.message);
  switch (issue.code) {
    case 'unrecognized_keys':
      return explainKeys(file, node, issue);
    case 'custom':
      return file.add(span, issue.message);
    case 'too_small':
    case 'too_big':
      if (issue.origin !== 'number') return file.add(span, `${label} cannot be empty`);
      return file.add(span, `${label} cannot be ${textOf(node)}`, issue.message);
    case 'invalid_union': {
      const meant = alternativeMeant(issue);
      if (meant === undefined) break;
      return explainIssues(
        file,
        document,
        meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
      );
    }
  }
  file.add(span, `${label} cannot be ${found(node)}${hintFor(issue, node)}`, issue.message);
};

const hintFor = (issue: core.$ZodIssue, node: Node): string => {
  const text = textOf(node);
  if (wouldBeTaken(issue.path, text)) return `: write "${text}" in quotes`;
  return issue.code === 'invalid_value' ? didYouMean(text, issue.values.map(String)) : '';
};

const explainKeys = (
  file: PolicyText,
  node: Node,
  { keys, path }: core.$ZodIssueUnrecognizedKeys,
): void => {
  const known = knownKeys(path);
  for (const key of keys) {
    const message = `unknown key "${key}"${didYouMean(key, known)}`;
    file.add(spanOfKey(node, key), message, alternatives(known));
  }
};

/** The alternative that takes values of this type. */
const alternativeMeant = ({ errors }: core.$ZodIssueInvalidUnion): core.$ZodIssue[] | undefined =>
  errors.find((issues) =>
    issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );

/** `role`, `interface.name`; an element of a list goes by the name of the list. */
const labelOf = (path: readonly PropertyKey[]): string => {
  const keys = path.filter((step) => typeof step === 'string');
  return keys.length === 0 ? 'a document' : keys.join('.');
};

const didYouMean = (word: string, candidates: readonly string[]): string => {
  const near = nearest(word, candidates);
  return near === undefined ? '' : `: did you mean "${near}"?`;
};

/** As it stands in the file, which is not always the value: YAML reads 010 as 10. */
const textOf = (node: Node): string => (isScalar(node) ? (node.source ?? String(node.value)) : '');

const found = (node: Node): string => {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'empty';
  if (typeof node.value !== 'string') return `${textOf(node)}, to YAML a ${typeof node.value}`;
  return node.value.length > 40 ? `"${node.value.slice(0, 40)}…"` : `"${node.value}"`;
};
