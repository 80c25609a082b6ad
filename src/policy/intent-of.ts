// The policy and the host as it is now to the intent. Pure, and without a history.

import type { Family } from '../model/address.ts';
import type { Interface, InterfaceAddress } from '../model/interface.ts';
import { claimOf } from './claim.ts';
import { type AddressIntent, type Intent, type Path, pathKey, type Role } from './intent.ts';
import type { Policy, Rule } from './policy.ts';

const ROLES: readonly Role[] = ['active', 'backup', 'standby', 'off'];

/** Where two interfaces have the same address: what does the least harm to a subflow from it holds. */
const GENTLEST: readonly AddressIntent['state'][] = [
  'usable',
  'foreign',
  'unwanted',
  'lost',
  'off',
];

export const intentOf = (policy: Policy, interfaces: Iterable<Interface>): Intent => {
  const addresses = new Map<string, AddressIntent>();
  for (const { candidate, rule } of inOrder(policy, interfaces)) {
    for (const address of candidate.addresses) {
      const key = pathKey(address.address, candidate.index);
      const intent = intentOfAddress(candidate, address, rule);
      const other = addresses.get(key);
      if (other !== undefined && !isGentler(intent, other)) continue;
      // A key that is set anew would keep its old place in the order.
      addresses.delete(key);
      addresses.set(key, intent);
    }
  }
  const usable = [...addresses.values()].filter((intent) => intent.state === 'usable');
  return { addresses, paths: usable.map(({ path }) => path) };
};

interface Claimed {
  readonly candidate: Interface;
  readonly rule: Rule | undefined;
}

/** The order of preference: by role, then by the order of the documents, then by that of the interfaces. */
const inOrder = (policy: Policy, interfaces: Iterable<Interface>): Claimed[] => {
  const rank = ({ rule, candidate }: Claimed): [role: number, rule: number, index: number] =>
    rule === undefined
      ? [ROLES.length, 0, candidate.index]
      : [ROLES.indexOf(rule.role), policy.rules.indexOf(rule), candidate.index];
  return [...interfaces]
    .map((candidate) => ({ candidate, rule: claimOf(policy, candidate) }))
    .map((claimed) => ({ claimed, rank: rank(claimed) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ claimed }) => claimed);
};

const compare = (a: readonly number[], b: readonly number[]): number => {
  const different = a.findIndex((value, index) => value !== b[index]);
  return different < 0 ? 0 : (a[different] ?? 0) - (b[different] ?? 0);
};

const isGentler = (a: AddressIntent, b: AddressIntent): boolean =>
  GENTLEST.indexOf(a.state) < GENTLEST.indexOf(b.state);

const intentOfAddress = (
  candidate: Interface,
  address: InterfaceAddress,
  rule: Rule | undefined,
): AddressIntent => {
  const interfaceName = candidate.name;
  if (rule === undefined) return { state: 'foreign', interfaceName };
  const { role, source } = rule;
  if (role === 'off') return { state: 'off', interfaceName, why: `role off (${source})` };
  const unwanted = whyUnwanted(rule, address);
  if (unwanted !== undefined) return { state: 'unwanted', interfaceName, why: unwanted };
  const lost = whyLost(rule, candidate, address);
  if (lost !== undefined) return { state: 'lost', interfaceName, why: lost };
  const routeless =
    rule.match.kind === 'default-route' ? whyNoRoute(candidate, address.family) : undefined;
  // A private network, which is left alone for good, or a line that lost its route: only a history tells.
  if (routeless !== undefined) {
    return { state: 'unwanted', interfaceName, why: routeless, routeless: true };
  }
  const path: Path = {
    key: pathKey(address.address, candidate.index),
    address: address.address,
    family: address.family,
    ifindex: candidate.index,
    interfaceName,
    role,
    settle: rule.ready.settle,
    announce: rule.announce,
    source,
  };
  return { state: 'usable', path };
};

const whyUnwanted = (
  { addresses: { scope, families } }: Rule,
  { address, family, scope: actual, temporary, deprecated }: InterfaceAddress,
): string | undefined => {
  if (!families.includes(family)) {
    return `${address} is ${NAMES[family]}, which the policy leaves out`;
  }
  if (actual !== 'global' && actual !== 'site' && actual !== scope) {
    return `${address} has scope ${actual}, the policy wants scope ${scope}`;
  }
  if (temporary) return `${address} is a temporary address`;
  return deprecated ? `${address} is deprecated` : undefined;
};

const whyLost = (
  { match, ready }: Rule,
  candidate: Interface,
  { address, family, tentative }: InterfaceAddress,
): string | undefined => {
  if (!candidate.up) return `${candidate.name} is down`;
  if (!candidate.running) return `${candidate.name} has no carrier`;
  if (tentative) return `${address} waits for duplicate address detection`;
  const mustHaveRoute = match.kind === 'names' && ready.route === 'default';
  return mustHaveRoute ? whyNoRoute(candidate, family) : undefined;
};

const whyNoRoute = ({ name, defaultRoutes }: Interface, family: Family): string | undefined =>
  defaultRoutes.includes(family) ? undefined : `no ${NAMES[family]} default route through ${name}`;

const NAMES: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };
