// What the host has: interfaces and their addresses, as rtnetlink tells it.

import type { Family } from './address.ts';

export interface InterfaceAddress {
  readonly address: string;
  readonly family: Family;
  readonly prefixLength: number;
  readonly scope: 'global' | 'site' | 'link' | 'host' | 'nowhere';
  /** Duplicate address detection has not ended, or has failed: not usable (RFC 4862 §5.4). */
  readonly tentative: boolean;
  readonly deprecated: boolean;
  /** A privacy address (RFC 8981), which goes away by itself. */
  readonly temporary: boolean;
}

export interface Interface {
  /** The kernel's ifindex, from 1. */
  readonly index: number;
  readonly name: string;
  /** Set up by the administrator (IFF_UP). */
  readonly up: boolean;
  /** Has a carrier and is operational (IFF_LOWER_UP and IFF_RUNNING). */
  readonly running: boolean;
  readonly loopback: boolean;
  readonly addresses: readonly InterfaceAddress[];
  /** The families that have a default route through this interface, in any table. */
  readonly defaultRoutes: readonly Family[];
}
