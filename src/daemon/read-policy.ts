// The policy that the command line names, or a start that fails with every problem shown.

import { loadPolicies, type Policy, PolicyError } from '../policy/index.ts';
import { ExitStatus, StartError } from './exit-status.ts';

/** Without paths the default directories are searched. */
export const readPolicy = (paths: readonly string[]): Policy => {
  try {
    return loadPolicies(paths);
  } catch (error) {
    if (error instanceof PolicyError) throw new StartError(ExitStatus.policy, error.message);
    throw error;
  }
};
