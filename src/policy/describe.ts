// The policy as `status` shows it: every rule, with the interfaces that it decides for now.

import type { Interface } from '../model/interface.ts';
import { claimOf } from './claim.ts';
import type { Role } from './intent.ts';
import type { Policy, Rule } from './policy.ts';

export interface DescribedRule {
  readonly source: string;
  /** `wlan*, eth0`, or `any with a default route`. */
  readonly match: string;
  readonly role: Role;
  /** Empty while none is there: a modem that is not plugged in, for one. */
  readonly interfaces: readonly string[];
}

export const describe = (policy: Policy, interfaces: Iterable<Interface>): DescribedRule[] => {
  const present = [...interfaces].sort((a, b) => a.index - b.index);
  return policy.rules.map((rule) => ({
    source: rule.source,
    match: describeMatch(rule),
    role: rule.role,
    interfaces: present
      .filter((candidate) => claimOf(policy, candidate) === rule && isMeant(rule, candidate))
      .map(({ name }) => name),
  }));
};

const describeMatch = ({ match }: Rule): string =>
  match.kind === 'names'
    ? match.globs.map(({ text }) => text).join(', ')
    : 'any with a default route';

const isMeant = ({ match }: Rule, { defaultRoutes }: Interface): boolean =>
  match.kind === 'names' || defaultRoutes.length > 0;
