// The policy of a scenario, read once: many simulations have the same one.

import { type Policy, parsePolicy } from '../../src/policy/index.ts';
import type { Scenario } from '../../src/testing/scenario.ts';

const read = new Map<string | undefined, Policy>();

export const policyOf = ({ policy: text }: Pick<Scenario, 'policy'>): Policy => {
  const known = read.get(text);
  if (known !== undefined) return known;
  const policy = parsePolicy(text === undefined ? [] : [{ name: 'scenario.yaml', text }]);
  read.set(text, policy);
  return policy;
};
