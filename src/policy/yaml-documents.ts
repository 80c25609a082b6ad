// The YAML in a policy file: every sound document, with nodes that know where they stand.

import {
  type Document,
  isScalar,
  parseAllDocuments,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { PolicyText, Span } from './policy-text.ts';

/** Documents that are not sound are among the file's problems afterwards. */
export const yamlDocuments = (file: PolicyText): readonly Document.Parsed[] => {
  try {
    const documents = parseAllDocuments(file.text, {
      lineCounter: file.lines,
      prettyErrors: false,
      stringKeys: true,
      // `yaml` compares every key with every other one: a large file would take minutes.
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: 'silent',
    });
    if ('empty' in documents) addErrors(file, [...documents.errors, ...documents.warnings]);
    return documents.filter((document) => isSound(file, document));
  } catch (error) {
    // The parser is recursive, and so is whoever walks its tree.
    if (!(error instanceof RangeError)) throw error;
    file.add([0, 0], TOO_DEEP);
    return [];
  }
};

const TOO_DEEP = 'nested too deeply';

const isSound = (file: PolicyText, document: Document.Parsed): boolean => {
  const before = file.problemCount;
  addErrors(file, [...document.errors, ...document.warnings]);
  if (file.problemCount > before) return false;
  visit(document, {
    Alias: (_, { source, range }) => {
      const [start, end] = range ?? [0, 0];
      addAlias(file, source, [start, end]);
    },
    Map: (_, map) => addDuplicateKeys(file, map),
  });
  return file.problemCount === before;
};

const addErrors = (file: PolicyText, errors: readonly YAMLError[]): void => {
  for (const { code, pos, message } of errors) {
    if (code === 'RESOURCE_EXHAUSTION') file.add(pos, TOO_DEEP);
    else if (code === 'BAD_ALIAS') addAlias(file, '', pos);
    else if (code === 'NON_STRING_KEY') file.add(pos, 'a key must be a word');
    else file.add(pos, `not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`);
  }
};

/** A glob without quotes, nearly always; as aliases they could make a short file a huge policy. */
const addAlias = (file: PolicyText, name: string, span: Span): void =>
  file.add(span, `"*" starts an alias, which policies do not have: put quotes around "*${name}"`);

/** YAML forbids them; of two, one would be lost. */
const addDuplicateKeys = (file: PolicyText, { items }: YAMLMap): void => {
  const lines = new Map<unknown, number>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const [start, end] = key.range ?? [0, 0];
    const line = lines.get(key.value);
    if (line === undefined) lines.set(key.value, file.lineOf(start));
    else file.add([start, end], `duplicate key "${key.value}": it stands on line ${line} already`);
  }
};
