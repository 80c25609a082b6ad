// Attributes of events: bytes → values, each with its name in the kernel's specification (mptcp_pm.yaml).

import { SocketAddress } from 'node:net';

type Read = (bytes: Uint8Array) => number | string;

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const integer = (size: number, littleEndian = LITTLE_ENDIAN): Read => {
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (size === 1) return view.getUint8(0);
    return size === 2 ? view.getUint16(0, littleEndian) : view.getUint32(0, littleEndian);
  };
};

const u8 = integer(1);
const u16 = integer(2);
const u32 = integer(4);
const port = integer(2, false);
const address4: Read = (bytes) => [...bytes.subarray(0, 4)].join('.');
const address6: Read = (bytes) => {
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Number → name, the least that its payload has, how it is read. */
const ATTRIBUTES: Readonly<Record<number, readonly [name: string, size: number, read: Read]>> = {
  1: ['token', 4, (bytes) => `0x${u32(bytes).toString(16).padStart(8, '0')}`],
  2: ['family', 2, u16],
  3: ['loc-id', 1, u8],
  4: ['rem-id', 1, u8],
  5: ['saddr4', 4, address4],
  6: ['saddr6', 16, address6],
  7: ['daddr4', 4, address4],
  8: ['daddr6', 16, address6],
  9: ['sport', 2, port],
  10: ['dport', 2, port],
  11: ['backup', 1, u8],
  12: ['error', 1, u8],
  13: ['flags', 2, u16],
  14: ['timeout', 4, u32],
  15: ['if-idx', 4, u32],
  16: ['reset-reason', 4, u32],
  17: ['reset-flags', 4, u32],
  18: ['server-side', 1, u8],
};

/** Numbers of the events that have names. */
const EVENTS: Readonly<Record<number, string>> = {
  1: 'created',
  2: 'established',
  3: 'closed',
  6: 'announced',
  7: 'removed',
  10: 'sub-established',
  11: 'sub-closed',
  13: 'sub-priority',
  15: 'listener-created',
  16: 'listener-closed',
};

export interface EventRecord {
  /** `sub-established`; of an event without a name here its number: `event-17`. */
  readonly event: string;
  /** In the kernel's order of numbers; one without a name here is `attribute-19`, its bytes in hexadecimal. */
  readonly [attribute: string]: number | string;
}

export const eventRecord = (
  command: number,
  attributes: ReadonlyMap<number, Uint8Array>,
): EventRecord => ({
  event: EVENTS[command] ?? `event-${command}`,
  ...Object.fromEntries([...attributes].map(([number, bytes]) => entry(number, bytes))),
});

const entry = (number: number, bytes: Uint8Array): [string, number | string] => {
  const [name, size, read] = ATTRIBUTES[number] ?? [`attribute-${number}`, 0, hex];
  return [name, bytes.length < size ? hex(bytes) : read(bytes)];
};
