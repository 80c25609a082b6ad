// What the schema would take at some place, in words.

import type { core } from 'zod';
import * as z from 'zod';
import { interfaceDocument, settingsDocument } from './schema.ts';

/** For zod, in place of its own messages: "active, backup, standby or off". */
export const expectation = ({ inst }: core.$ZodRawIssue): string | undefined =>
  inst instanceof z.ZodType ? describe(inst) : undefined;

const describe = (schema: z.ZodType): string => {
  if (schema instanceof z.ZodEnum) return alternatives(schema.options.map(String));
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodObject) return `a mapping with ${alternatives(keysOf(schema))}`;
  if (schema instanceof z.ZodArray) return `a list of ${describe(schema.element as z.ZodType)}`;
  return schema.description ?? 'something else';
};

/** The keys of the mapping that this path leads to. */
export const knownKeys = (path: readonly PropertyKey[]): string[] => {
  const schema = mappingOf(schemaAt(path));
  return schema instanceof z.ZodObject ? keysOf(schema) : [];
};

/** Says whether the same text would be right there, had it only been taken as text. */
export const wouldBeTaken = (path: readonly PropertyKey[], text: string): boolean =>
  text !== '' && (schemaAt(path)?.safeParse(text).success ?? false);

const keysOf = (schema: z.ZodObject): string[] => Object.keys(schema.shape);

const schemaAt = (path: readonly PropertyKey[]): z.ZodType | undefined => {
  let schema: z.ZodType | undefined = path[0] === 'settings' ? settingsDocument : interfaceDocument;
  for (const step of path) {
    schema = typeof step === 'number' ? listOf(unwrap(schema)) : mappingOf(unwrap(schema));
    if (schema instanceof z.ZodObject) schema = schema.shape[String(step)] as z.ZodType | undefined;
    else if (schema instanceof z.ZodArray) schema = schema.element as z.ZodType;
    else return undefined;
  }
  return unwrap(schema);
};

/** The schema without its default value. */
const unwrap = (schema: z.ZodType | undefined): z.ZodType | undefined =>
  schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? (schema.unwrap() as z.ZodType)
    : schema;

/** Of alternatives the one with elements. */
const listOf = (schema: z.ZodType | undefined): z.ZodType | undefined =>
  alternativeOf(schema, (option) => option instanceof z.ZodArray);

/** Of alternatives the one with keys. */
const mappingOf = (schema: z.ZodType | undefined): z.ZodType | undefined =>
  alternativeOf(schema, (option) => option instanceof z.ZodObject);

const alternativeOf = (
  schema: z.ZodType | undefined,
  isMeant: (option: z.ZodType) => boolean,
): z.ZodType | undefined =>
  schema instanceof z.ZodUnion ? (schema.options as readonly z.ZodType[]).find(isMeant) : schema;

/** `a, b or c` */
export const alternatives = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
