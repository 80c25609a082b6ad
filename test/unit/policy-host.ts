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

/** Hosts that the shipped policies are for. */
export const LAPTOP = [
  host(1, 'lo', ['127.0.0.1']),
  host(2, 'enp0s31f6', ['10.0.1.2']),
  host(3, 'wlp3s0', ['10.0.2.2']),
  host(4, 'wwan0', ['10.0.3.2']),
  host(5, 'docker0', ['172.17.0.1']),
];

export const SERVER = [
  host(2, 'eth0', ['192.0.2.1', '2001:db8::1', 'fe80::1']),
  host(3, 'eth1', ['198.51.100.1']),
  host(4, 'mgmt0', ['10.0.0.1']),
];

export const BONDING = [
  host(2, 'eth0', ['10.0.1.2', '2001:db8::1'], { defaultRoutes: ['ipv4'] }),
  host(3, 'eth1', ['10.0.2.2']),
  host(4, 'eth2', ['10.0.3.2']),
];
