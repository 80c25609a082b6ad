// Names of the interfaces in a namespace: its own /sys may show another's, so the kernel is asked.

import type { Addon, SocketOptions } from '../../kernel/addon.ts';
import { UsageError } from './usage-error.ts';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFLA_IFNAME = 3;
/** A nest of the alternative names (`ip link property add … altname`). */
const IFLA_PROP_LIST = 52;
const IFLA_ALT_IFNAME = 53;
const NLA_TYPE_MASK = 0x3fff;
/** Lengths of struct nlmsghdr and struct ifinfomsg. */
const HEADER = 16;
const BODY = 16;

/** Index → names: the name itself, then the alternative ones. */
export type Links = ReadonlyMap<number, readonly string[]>;

export const readLinks = async (addon: Addon, options: SocketOptions): Promise<Links> => {
  const datagrams = await addon.routeDump(RTM_GETLINK, new Uint8Array(BODY), options);
  return new Map(datagrams.flatMap((datagram) => [...linksIn(datagram)]));
};

/** The index itself where none has it any more, in the form that {@link indexOf} takes. */
export const nameOf = (links: Links, index: number): string =>
  links.get(index)?.[0] ?? `if${index}`;

/** Some index that does not exist can be had by `if99`, as elsewhere in iproute2. */
export const indexOf = (links: Links, name: string): number => {
  for (const [index, names] of links) if (names.includes(name)) return index;
  const [, digits] = /^if([1-9]\d{0,8})$/.exec(name) ?? [];
  if (digits === undefined) throw new UsageError(`there is no interface "${name}"`);
  return Number(digits);
};

function* linksIn(datagram: Buffer): Generator<[number, string[]]> {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  for (const [start, length] of pieces(view, 0, datagram.length, 32)) {
    if (u16(view, start + 4) !== RTM_NEWLINK) continue;
    yield [
      u32(view, start + HEADER + 4),
      [...namesIn(view, start + HEADER + BODY, start + length)],
    ];
  }
}

function* namesIn(view: DataView, from: number, end: number): Generator<string> {
  for (const [at, length] of pieces(view, from, end, 16)) {
    const type = u16(view, at + 2) & NLA_TYPE_MASK;
    if (type === IFLA_IFNAME || type === IFLA_ALT_IFNAME) {
      yield Buffer.from(view.buffer, view.byteOffset + at + 4, length - 5).toString();
    } else if (type === IFLA_PROP_LIST) yield* namesIn(view, at + 4, at + length);
  }
}

/** Messages (`bits` 32) or attributes (16): each begins with its length, and is padded to four bytes. */
function* pieces(
  view: DataView,
  from: number,
  end: number,
  bits: 16 | 32,
): Generator<[number, number]> {
  for (let at = from; at + 4 <= end; ) {
    const length = bits === 32 ? u32(view, at) : u16(view, at);
    if (length < 4 || at + length > end) return;
    yield [at, length];
    at += (length + 3) & ~3;
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const u16 = (view: DataView, at: number): number => view.getUint16(at, LITTLE_ENDIAN);
const u32 = (view: DataView, at: number): number => view.getUint32(at, LITTLE_ENDIAN);
