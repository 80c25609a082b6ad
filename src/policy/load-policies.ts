// The policy from the disk.

import { readPolicyFiles } from './parse-policy.ts';
import type { Policy } from './policy.ts';
import { DEFAULT_DIRECTORIES, messageOf, pathsByDefault, pathsNamed } from './policy-paths.ts';
import type { PolicyFile } from './policy-text.ts';
import { PolicyError, type Problem } from './problem.ts';
import { readPolicyFile } from './read-policy-file.ts';

/**
 * Reads files, and the `*.yaml` of directories in lexical order; without any path, the default directories.
 * Throws a {@link PolicyError} with all problems of all files.
 */
export const loadPolicies = (
  named: readonly string[],
  defaults: readonly string[] = DEFAULT_DIRECTORIES,
): Policy => {
  const found = named.length > 0 ? pathsNamed(named) : pathsByDefault(defaults);
  const unreadable: Problem[] = [...found.problems];
  const files: PolicyFile[] = [];
  for (const path of found.paths) {
    try {
      files.push({ name: path, text: readPolicyFile(path) });
    } catch (error) {
      unreadable.push({ file: path, message: messageOf(error) });
    }
  }
  const { policy, problems } = readPolicyFiles(files);
  if (unreadable.length + problems.length > 0) throw new PolicyError([...unreadable, ...problems]);
  return policy;
};
