// rtnetlink's messages in the model's words, from bytes that the library itself encodes.

import rt from 'netlink/dist/rt/structs.js';
import { formatMessage } from 'netlink/dist/structs.js';
import t from 'tap';
import { decodeRouteMessages, Rtm } from '../../src/kernel/route-messages.ts';
import { attribute } from './rtnetlink-attribute.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const AF_BRIDGE = 7;

const message = (type: number, ...payload: readonly Uint8Array[]): Buffer =>
  Buffer.concat(formatMessage({ type, flags: 0, seq: 1, port: 0, data: [...payload] }));

const link = (type: number, data: rt.Link, name = 'wlan0'): Buffer =>
  message(type, rt.formatLink(data), attribute(3, Buffer.from(`${name}\0`)));

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const IFA = { address: 1, local: 2, flags: 8 };
const address = (family: number, attributes: readonly Buffer[], scope = 0): Buffer =>
  message(
    Rtm.newAddr,
    rt.formatAddress({ family, prefixlen: 24, flags: {}, scope, index: 2 }),
    ...attributes,
  );

t.test('a link has a carrier when it is both running and up below', async (t) => {
  const flags = { up: true, running: true, lowerUp: true } as const;
  const [there] = decodeRouteMessages(link(Rtm.newLink, { family: 0, index: 2, flags }));
  t.match(there, { kind: 'link', index: 2, name: 'wlan0', up: true, running: true });
  const noCarrier = { family: 0, index: 2, flags: { up: true } } as const;
  t.match(decodeRouteMessages(link(Rtm.newLink, noCarrier)), [{ up: true, running: false }]);
  const gone = decodeRouteMessages(link(Rtm.delLink, { family: 0, index: 2, flags: {} }));
  t.same(gone, [{ kind: 'link-removed', index: 2 }]);
});

t.test("leaving a bridge is not the interface's end", async (t) => {
  t.same(decodeRouteMessages(link(Rtm.delLink, { family: AF_BRIDGE, index: 2, flags: {} })), []);
});

t.test('on a point-to-point link the local address is ours, not the peer’s', async (t) => {
  const attributes = [
    attribute(IFA.address, Buffer.from([10, 0, 0, 2])),
    attribute(IFA.local, Buffer.from([10, 0, 0, 1])),
  ];
  t.match(decodeRouteMessages(address(AF_INET, attributes)), [
    { address: { address: '10.0.0.1' } },
  ]);
});

t.test('addresses of IPv6 that are tentative, failed, deprecated or temporary', async (t) => {
  const bytes = Buffer.from('20010db8000000000000000000000001', 'hex');
  const flagged = (flags: number) =>
    decodeRouteMessages(
      address(AF_INET6, [attribute(IFA.address, bytes), attribute(IFA.flags, u32(flags))]),
    );
  const plain = { address: '2001:db8::1', tentative: false, deprecated: false, temporary: false };
  t.match(flagged(0x80), [{ address: plain }]);
  t.match(flagged(0x40), [{ address: { tentative: true } }], 'tentative');
  t.match(flagged(0x08), [{ address: { tentative: true } }], 'duplicate');
  t.match(flagged(0x44), [{ address: { tentative: false } }], 'optimistic: usable (RFC 4429)');
  t.match(flagged(0x20), [{ address: { deprecated: true } }]);
  t.match(flagged(0x01), [{ address: { temporary: true } }]);
});

t.test('IPv6 addresses are written as the kernel writes them', async (t) => {
  const text = (hex: string) => {
    const bytes = attribute(IFA.address, Buffer.from(hex, 'hex'));
    const [decoded] = decodeRouteMessages(address(AF_INET6, [bytes]));
    return decoded?.kind === 'address' ? decoded.address.address : undefined;
  };
  t.equal(text('fe800000000000000000000000000001'), 'fe80::1');
  t.equal(text('00000000000000000000000000000001'), '::1');
  t.equal(text('20010db8000000010000000000000001'), '2001:db8:0:1::1');
  t.equal(text('20010000000000010000000000000000'), '2001:0:0:1::');
});

const route = (dstLen: number, attributes: readonly Buffer[], type = rt.RouteType.UNICAST) =>
  decodeRouteMessages(
    message(
      Rtm.newRoute,
      rt.formatRoute({ family: AF_INET, dstLen, table: 254, type, flags: {} }),
      ...attributes,
    ),
  );

t.test('a default route names every interface that it leads through', async (t) => {
  const oif = attribute(4, u32(2));
  t.match(route(0, [oif]), [{ kind: 'route', isDefault: true, indexes: [2] }]);
  t.match(route(24, [oif]), [{ isDefault: false }]);
  const nextHop = (index: number) => Buffer.concat([Buffer.from([8, 0, 0, 0]), u32(index)]);
  const multipath = attribute(9, Buffer.concat([nextHop(2), nextHop(3)]));
  t.match(route(0, [multipath]), [{ isDefault: true, indexes: [2, 3] }]);
  t.same(route(0, [], rt.RouteType.UNREACHABLE), [], 'an unreachable one leads nowhere');
});

t.test('what is no message is refused', async (t) => {
  t.throws(() => decodeRouteMessages(Buffer.from([1, 2, 3])));
});
