// The YAML in a policy file: every sound document, with nodes that know where they stand.

import {
  Composer,
  type Document,
  isScalar,
  Parser,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { keyText } from './locate.ts';
import { findTooDeep } from './nesting.ts';
import type { PolicyText, Span } from './policy-text.ts';

/** Documents that are not sound are among the file's problems afterwards. */
export const yamlDocuments = (file: PolicyText): readonly Document.Parsed[] => {
  const tokens = [...new Parser(file.lines.addNewLine).parse(file.text)];
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) {
    file.add([tooDeep, tooDeep], 'nested too deeply for a policy');
    return [];
  }
  const composer = new Composer({
    stringKeys: true,
    // `yaml` compares every key with every other one: a large file would take minutes.
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const documents = [...composer.compose(tokens)] as Document.Parsed[];
  if (documents.length === 0) {
    const { errors, warnings } = composer.streamInfo();
    addErrors(file, [...errors, ...warnings]);
  }
  return documents.filter((document) => isSound(file, document));
};

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
    if (code === 'BAD_ALIAS') addAlias(file, '', pos);
    else if (code === 'NON_STRING_KEY') file.add(pos, 'a key must be a word');
    else file.add(pos, `not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`);
  }
};

/** A glob without quotes, nearly always; as aliases they could make a short file a huge policy. */
const addAlias = (file: PolicyText, name: string, span: Span): void =>
  file.add(span, `"*" starts an alias, which policies do not have: put quotes around "*${name}"`);

/** YAML forbids them; of two, one would be lost. */
const addDuplicateKeys = (file: PolicyText, { items }: YAMLMap): void => {
  const lines = new Map<string, number>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const [start, end] = key.range ?? [0, 0];
    const text = keyText(key);
    const line = lines.get(text);
    if (line === undefined) lines.set(text, file.lineOf(start));
    else file.add([start, end], `duplicate key "${text}": it stands on line ${line} already`);
  }
};
