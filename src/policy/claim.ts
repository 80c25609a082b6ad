// Which rule decides for an interface.

import type { Interface } from '../model/interface.ts';
import type { Policy, Rule } from './policy.ts';

/** The first rule that matches; undefined for an interface that is not ours. */
export const claimOf = (policy: Policy, candidate: Interface): Rule | undefined =>
  policy.rules.find((rule) => claims(rule, candidate));

/** A wildcard does not mean the loopback interface: who means it says so. */
const claims = ({ match }: Rule, { name, loopback }: Interface): boolean => {
  if (match.kind === 'default-route') return !loopback;
  return match.globs.some((glob) => (glob.literal || !loopback) && glob.matches(name));
};
