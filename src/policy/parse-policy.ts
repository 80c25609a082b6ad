// Policy files, read already, to the policy that they make up.

import { basename } from 'node:path';
import { checkDocument } from './check-document.ts';
import { builtInDefault, type Policy, type Rule } from './policy.ts';
import { type PolicyFile, PolicyText } from './policy-text.ts';
import { PolicyError, type Problem } from './problem.ts';
import type { InterfaceDocument } from './schema.ts';
import { yamlDocuments } from './yaml-documents.ts';

/** Throws a {@link PolicyError} with all problems of all files. The order of the files is that of the rules. */
export const parsePolicy = (files: readonly PolicyFile[]): Policy => {
  const { rules, problems } = readRules(files);
  if (problems.length > 0) throw new PolicyError(problems);
  return policyOf(rules);
};

export const policyOf = (rules: readonly Rule[]): Policy =>
  rules.length === 0 ? builtInDefault : { rules };

export const readRules = (files: readonly PolicyFile[]): { rules: Rule[]; problems: Problem[] } => {
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  for (const { name, text } of files) {
    const file = new PolicyText({ name, text });
    for (const document of yamlDocuments(file)) {
      const checked = checkDocument(file, document);
      if (checked === undefined) continue;
      const line = file.lineOf(document.contents?.range?.[0] ?? 0);
      rules.push(ruleOf(checked, `${basename(name)}:${line}`));
    }
    problems.push(...file.problems);
  }
  return { rules, problems };
};

const ruleOf = ({ interface: { name }, ...rest }: InterfaceDocument, source: string): Rule => ({
  match: { kind: 'names', globs: Array.isArray(name) ? name : [name] },
  ...rest,
  source,
});
