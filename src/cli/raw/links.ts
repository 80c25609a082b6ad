// Names of the interfaces in a namespace: its own /sys may show another's, so the kernel is asked.

import type { Addon, SocketOptions } from '../../kernel/addon.ts';
import { UsageError } from './usage-error.ts';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFLA_IFNAME = 3;
/** Lengths of struct nlmsghdr and struct ifinfomsg. */
const HEADER = 16;
const BODY = 16;

/** Index → name. */
export const readLinks = async (
  addon: Addon,
  options: SocketOptions,
): Promise<ReadonlyMap<number, string>> => {
  const datagrams = await addon.routeDump(RTM_GETLINK, new Uint8Array(BODY), options);
  return new Map(datagrams.flatMap((datagram) => [...linksIn(datagram)]));
};

/** The index itself where none has it any more, in the form that {@link indexOf} takes. */
export const nameOf = (links: ReadonlyMap<number, string>, index: number): string =>
  links.get(index) ?? `if${index}`;

/** Some index that does not exist can be had by `if99`, as elsewhere in iproute2. */
export const indexOf = (links: ReadonlyMap<number, string>, name: string): number => {
  for (const [index, each] of links) if (each === name) return index;
  const [, digits] = /^if([1-9]\d{0,8})$/.exec(name) ?? [];
  if (digits === undefined) throw new UsageError(`there is no interface "${name}"`);
  return Number(digits);
};

function* linksIn(datagram: Buffer): Generator<[number, string]> {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  for (const [start, length] of pieces(view, 0, datagram.length, 32)) {
    if (u16(view, start + 4) !== RTM_NEWLINK) continue;
    const index = host32(view, start + HEADER + 4);
    for (const [at, size] of pieces(view, start + HEADER + BODY, start + length, 16)) {
      if (u16(view, at + 2) !== IFLA_IFNAME) continue;
      yield [index, datagram.toString('utf8', at + 4, at + size - 1)];
    }
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
    const length = bits === 32 ? host32(view, at) : u16(view, at);
    if (length < 4 || at + length > end) return;
    yield [at, length];
    at += (length + 3) & ~3;
  }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const u16 = (view: DataView, at: number): number => view.getUint16(at, LITTLE_ENDIAN);
const host32 = (view: DataView, at: number): number => view.getUint32(at, LITTLE_ENDIAN);
