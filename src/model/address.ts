// IP addresses as text, in the form that inet_ntop(3) prints.

export type Family = 'ipv4' | 'ipv6';

/** One end of a subflow. `port` is in host order; 0 means "none given". */
export interface SocketAddress {
  /** In the form the socket has: a v4-mapped address stays `::ffff:a.b.c.d`. */
  readonly address: string;
  readonly port: number;
}

const MAPPED = '::ffff:';

/** Says whether this is an IPv4 address in IPv6 form (RFC 4291 §2.5.5.2). */
export const isMapped = (address: string): boolean =>
  address.startsWith(MAPPED) && address.includes('.');

/** The address as the interface has it: `::ffff:10.0.0.1` is `10.0.0.1` there. */
export const unmapped = (address: string): string =>
  isMapped(address) ? address.slice(MAPPED.length) : address;

/** The family of the packets that carry this address: `ipv4` for v4-mapped ones. */
export const familyOf = (address: string): Family =>
  address.includes(':') && !isMapped(address) ? 'ipv6' : 'ipv4';

export const sameSocketAddress = (a: SocketAddress, b: SocketAddress): boolean =>
  a.port === b.port && a.address === b.address;

/** `10.0.0.1:443`, `[2001:db8::1]:443`; without the port where there is none. */
export const formatSocketAddress = ({ address, port }: SocketAddress): string => {
  if (port === 0) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
};
