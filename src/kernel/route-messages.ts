// rtnetlink messages, as the codecs of `netlink` read them, into the model's words.

import { endianness } from 'node:os';
import rt from 'netlink/dist/rt/structs.js';
import { parseMessages } from 'netlink/dist/structs.js';
import type { Family } from '../model/address.ts';
import type { HostEvent } from '../model/event.ts';
import type { InterfaceAddress } from '../model/interface.ts';

/** Message types of rtnetlink(7). */
export const Rtm = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  newAddr: 20,
  delAddr: 21,
  getAddr: 22,
  newRoute: 24,
  delRoute: 25,
  getRoute: 26,
} as const;

/** RTNLGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE. */
export const ROUTE_GROUPS: readonly number[] = [1, 5, 7, 9, 11];

const LITTLE_ENDIAN = endianness() === 'LE';
const AF_INET = 2;
const AF_INET6 = 10;

/** A route that came or went: what it does to the default routes is read again, not computed. */
export interface RouteChange {
  readonly kind: 'route';
  readonly added: boolean;
  readonly family: Family;
  readonly isDefault: boolean;
  /** The interfaces that it leads through; more than one for a multipath route. */
  readonly indexes: readonly number[];
}

export type RouteMessage =
  | (HostEvent & { readonly kind: 'link' | 'link-removed' | 'address' | 'address-removed' })
  | RouteChange;

/** Decodes one datagram; throws where its bytes are no rtnetlink messages. Others' types are skipped. */
export const decodeRouteMessages = (datagram: Buffer): RouteMessage[] => {
  const decoded: RouteMessage[] = [];
  for (const { type, data } of parseMessages(datagram)) {
    const message = decode(type, data);
    if (message !== undefined) decoded.push(message);
  }
  return decoded;
};

const decode = (type: number, data: Buffer): RouteMessage | undefined => {
  switch (type) {
    case Rtm.newLink:
    case Rtm.delLink:
      return decodeLink(rt.parseLinkMessage(data), type === Rtm.delLink);
    case Rtm.newAddr:
    case Rtm.delAddr:
      return decodeAddress(rt.parseAddressMessage(data), type === Rtm.delAddr);
    case Rtm.newRoute:
    case Rtm.delRoute:
      return decodeRoute(rt.parseRouteMessage(data), type === Rtm.newRoute);
    default:
      return undefined;
  }
};

const decodeLink = (
  { data, attrs }: rt.LinkMessage,
  removed: boolean,
): RouteMessage | undefined => {
  const { family, index, flags = {} } = data;
  // Bridges report their ports under a family of their own; leaving a bridge is not leaving the host.
  if (family !== 0 || index === undefined) return undefined;
  // What a Wi-Fi driver tells of scans and keys; the link's own changes are told without.
  if (attrs.wireless !== undefined) return undefined;
  if (removed) return { kind: 'link-removed', index };
  return {
    kind: 'link',
    index,
    name: attrs.ifname ?? '',
    up: flags.up === true,
    running: flags.running === true && flags.lowerUp === true,
    loopback: flags.loopback === true,
  };
};

const SCOPES: Readonly<Record<number, InterfaceAddress['scope']>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};

const decodeAddress = (
  { data, attrs }: rt.AddressMessage,
  removed: boolean,
): RouteMessage | undefined => {
  const { index, family, prefixlen = 0, scope = 0 } = data;
  // On a point-to-point link IFA_ADDRESS is the peer's; the local one is IFA_LOCAL.
  const bytes = attrs.local ?? attrs.address;
  if (index === undefined || bytes === undefined) return undefined;
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const address = formatAddress(bytes);
  if (removed) return { kind: 'address-removed', index, address };
  const flags = attrs.flags ?? data.flags ?? {};
  return {
    kind: 'address',
    index,
    address: {
      address,
      family: familyName(family),
      prefixLength: prefixlen,
      scope: SCOPES[scope] ?? 'global',
      tentative:
        (flags.tentative === true && flags.optimistic !== true) || flags.dadfailed === true,
      deprecated: flags.deprecated === true,
      // IFA_F_TEMPORARY is the bit that means IFA_F_SECONDARY for IPv4.
      temporary: family === AF_INET6 && flags.secondary === true,
    },
  };
};

const decodeRoute = (
  { data, attrs }: rt.RouteMessage,
  added: boolean,
): RouteMessage | undefined => {
  const { family, dstLen, type, flags } = data;
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  if (rt.RouteType[type as keyof typeof rt.RouteType] !== rt.RouteType.UNICAST || flags?.cloned) {
    return undefined;
  }
  return {
    kind: 'route',
    added,
    family: familyName(family),
    isDefault: dstLen === 0,
    indexes: attrs.multipath ? nextHops(attrs.multipath) : attrs.oif ? [attrs.oif] : [],
  };
};

/** Interfaces of a sequence of struct rtnexthop: u16 length, u8 flags, u8 hops, s32 ifindex, attributes; in host order. */
const nextHops = (bytes: Buffer): number[] => {
  const indexes: number[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    indexes.push(view.getInt32(offset + 4, LITTLE_ENDIAN));
    const length = view.getUint16(offset, LITTLE_ENDIAN);
    if (length < 8) break;
    offset += (length + 3) & ~3;
  }
  return indexes;
};

const familyName = (family: number): Family => (family === AF_INET ? 'ipv4' : 'ipv6');

const formatAddress = (bytes: Buffer): string => {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i));
  const [start, length] = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
};

/** The run that `::` stands for: the first of the longest (RFC 5952 §4.2.3). */
const longestZeroRun = (groups: readonly number[]): [start: number, length: number] => {
  let best: [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best[1]) best = [start, end - start];
  }
  return best;
};
