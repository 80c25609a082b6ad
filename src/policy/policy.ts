// The policy: what the user wrote, understood but not yet applied to any host.

import type { Family } from '../model/address.ts';
import type { Glob } from './glob.ts';
import type { Announce, Role } from './intent.ts';

export interface Rule {
  /** Which interfaces it claims. The built-in default claims those through which a default route goes. */
  readonly match:
    | { readonly kind: 'names'; readonly globs: readonly Glob[] }
    | { readonly kind: 'default-route' };
  readonly role: Role;
  readonly addresses: { readonly scope: 'global' | 'link'; readonly families: readonly Family[] };
  readonly ready: {
    readonly route: 'none' | 'default';
    /** How long a return after a loss must last, in ms. */
    readonly settle: number;
  };
  readonly announce: Announce;
  /** `laptop.yaml:3`, or `built-in default`. */
  readonly source: string;
}

/** Which of the kernel's path managers is used; `auto` is userspace where the kernel has it. */
export type ManagerChoice = 'auto' | 'userspace' | 'kernel';

export interface Policy {
  readonly manager: ManagerChoice;
  /** The first one that matches an interface decides wholly. Never empty. */
  readonly rules: readonly Rule[];
}

/** Holds while no document speaks of interfaces. */
export const builtInDefault: Policy = {
  manager: 'auto',
  rules: [
    {
      match: { kind: 'default-route' },
      role: 'active',
      addresses: { scope: 'global', families: ['ipv4', 'ipv6'] },
      ready: { route: 'default', settle: 2_000 },
      announce: false,
      source: 'built-in default',
    },
  ],
};
