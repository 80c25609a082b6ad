// One document against the schema: what it says, or problems among those of its file.

import { type Document, isMap, isScalar } from 'yaml';
import { expectation } from './expectation.ts';
import { explainIssues } from './explain-issues.ts';
import { spanOfKey } from './locate.ts';
import type { PolicyText } from './policy-text.ts';
import {
  type InterfaceDocument,
  interfaceDocument,
  type SettingsDocument,
  settingsDocument,
} from './schema.ts';

/** Keys of documents that this version does not know; each makes a document of another sort. */
const LATER = ['connections', 'manager', 'guards', 'metrics', 'control', 'on-exit'];

/** Undefined where there are problems, which the file holds afterwards, or where nothing is written. */
export const checkDocument = (
  file: PolicyText,
  document: Document.Parsed,
): InterfaceDocument | SettingsDocument | undefined => {
  const { contents } = document;
  if (isScalar(contents) && contents.value === null) return undefined;
  const later = isMap(contents) && LATER.find((key) => contents.has(key));
  if (later) {
    const message = `this version of subflowd does not support "${later}" yet`;
    file.add(spanOfKey(contents, later), message, 'a document with the key interface');
    return undefined;
  }
  const isSettings = isMap(contents) && contents.has('settings');
  const schema = isSettings ? settingsDocument : interfaceDocument;
  const result = schema.safeParse(document.toJS(), { error: expectation });
  if (result.success) return result.data;
  explainIssues(file, document, result.error.issues);
  return undefined;
};
