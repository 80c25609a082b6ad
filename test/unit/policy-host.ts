// Interfaces for tests, with no more words than the test is about.

import type { Interface, InterfaceAddress } from '../../src/model/interface.ts';

export const address = (
  text: string,
  differs: Partial<InterfaceAddress> = {},
): InterfaceAddress => ({
  address: text,
  family: text.includes(':') ? 'ipv6' : 'ipv4',
  prefixLength: text.includes(':') ? 64 : 24,
  scope: text.startsWith('fe80:') ? 'link' : 'global',
  tentative: false,
  deprecated: false,
  temporary: false,
  ...differs,
});

/** Up, with a carrier and default routes. */
export const host = (
  index: number,
  name: string,
  addresses: readonly (string | InterfaceAddress)[] = [],
  differs: Partial<Interface> = {},
): Interface => ({
  index,
  name,
  up: true,
  running: true,
  loopback: name === 'lo',
  addresses: addresses.map((entry) => (typeof entry === 'string' ? address(entry) : entry)),
  defaultRoutes: ['ipv4', 'ipv6'],
  ...differs,
});
