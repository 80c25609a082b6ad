// What the policy means on this host now: the only thing that the engine knows of policies.

import type { Family } from '../model/address.ts';

/** `active` joins; `backup` joins with the backup flag; `standby` joins when no active path is left. */
export type Role = 'active' | 'backup' | 'standby' | 'off';

/** With a port: clients join there, and not where the application listens. */
export type Announce = boolean | { readonly port: number };

/** A local address that connections may use now. */
export interface Path {
  /** {@link pathKey} of its address. */
  readonly key: string;
  readonly address: string;
  readonly family: Family;
  readonly ifindex: number;
  readonly interfaceName: string;
  readonly role: Exclude<Role, 'off'>;
  /** How long a return after a loss must last before the path is used again, in ms. */
  readonly settle: number;
  /** Announce this address to clients of servers on this host. */
  readonly announce: Announce;
  /** Where the policy says so: `laptop.yaml:3`, or `built-in default`. */
  readonly source: string;
}

/** What holds for one local address. An address that has no entry is not on this host any more. */
export type AddressIntent =
  | { readonly state: 'usable'; readonly path: Path }
  /** Its interface has a role but cannot carry packets now; `why` says what is missing. */
  | { readonly state: 'lost'; readonly interfaceName: string; readonly why: string }
  /** On an interface that has a role, but the policy does not want this address: never joined from, never touched. */
  | {
      readonly state: 'unwanted';
      readonly interfaceName: string;
      readonly why: string;
      /** All that it lacks is a default route: lost, if it was a path before. */
      readonly routeless?: boolean;
    }
  /** Role `off`: what was joined from here is closed. */
  | { readonly state: 'off'; readonly interfaceName: string; readonly why: string }
  /** On an interface that no policy names: not ours. */
  | { readonly state: 'foreign'; readonly interfaceName: string };

export interface Intent {
  /** Keyed by {@link pathKey}. */
  readonly addresses: ReadonlyMap<string, AddressIntent>;
  /** The usable ones, in the order of preference: by role, then by the order of the documents. */
  readonly paths: readonly Path[];
}

/** IPv6 link-local addresses are unique on their link alone (RFC 4007 §4), all others on the host. */
export const pathKey = (address: string, ifindex: number): string =>
  isLinkLocal(address) ? `${address}%${ifindex}` : address;

/** fe80::/10. */
const isLinkLocal = (address: string): boolean =>
  address.startsWith('fe') && '89ab'.includes(address.charAt(2));
