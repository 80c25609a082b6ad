// Policy files, read already, to the policy that they make up.

import { basename } from 'node:path';
import { checkDocument } from './check-document.ts';
import { builtInDefault, type Policy, type Rule } from './policy.ts';
import { type PolicyFile, PolicyText } from './policy-text.ts';
import { PolicyError, type Problem } from './problem.ts';
import type { InterfaceDocument, SettingsDocument } from './schema.ts';
import { yamlDocuments } from './yaml-documents.ts';

/** Throws a {@link PolicyError} with all problems of all files. The order of the files is that of the rules. */
export const parsePolicy = (files: readonly PolicyFile[]): Policy => {
  const { policy, problems } = readPolicyFiles(files);
  if (problems.length > 0) throw new PolicyError(problems);
  return policy;
};

/** What the files say, as far as it is right, and all that is wrong with them. */
export const readPolicyFiles = (
  files: readonly PolicyFile[],
): { policy: Policy; problems: Problem[] } => {
  const rules: Rule[] = [];
  const problems: Problem[] = [];
  let settings: (SettingsDocument['settings'] & { readonly source: string }) | undefined;
  for (const { name, text } of files) {
    const file = new PolicyText({ name, text });
    for (const document of yamlDocuments(file)) {
      const checked = checkDocument(file, document);
      if (checked === undefined) continue;
      const [start = 0] = document.contents?.range ?? [];
      const source = `${basename(name)}:${file.lineOf(start)}`;
      if ('interface' in checked) rules.push(ruleOf(checked, source));
      else if (settings === undefined) settings = { ...checked.settings, source };
      else file.add([start, start], `the settings stand in ${settings.source} already`);
    }
    problems.push(...file.problems);
  }
  const manager = settings?.manager ?? builtInDefault.manager;
  return {
    policy: { manager, rules: rules.length === 0 ? builtInDefault.rules : rules },
    problems,
  };
};

const ruleOf = ({ interface: { name }, ...rest }: InterfaceDocument, source: string): Rule => ({
  match: { kind: 'names', globs: Array.isArray(name) ? name : [name] },
  ...rest,
  source,
});
