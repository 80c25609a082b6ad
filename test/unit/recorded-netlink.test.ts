// Hosts that no lab has, as their kernels tell of them: what rtmon(8) recorded, through the decoder and the engine.
//
// Each file in recordings/ is `rtmon file NAME.rtmon all` on Linux 6.18 in a network namespace of its own;
// `ip -t monitor file NAME.rtmon` shows it. What was done meanwhile stands at each test.

import { readFileSync } from 'node:fs';
import rt from 'netlink/dist/rt/structs.js';
import { formatMessage } from 'netlink/dist/structs.js';
import t, { type Test } from 'tap';
import { adoptIntent } from '../../src/engine/adopt-intent.ts';
import { apply } from '../../src/engine/apply.ts';
import { markSent } from '../../src/engine/mark-sent.ts';
import { Merge } from '../../src/engine/merge.ts';
import { planConnection } from '../../src/engine/plan.ts';
import { createState } from '../../src/engine/state.ts';
import type { Addon } from '../../src/kernel/addon.ts';
import { decodeRouteMessages, Rtm } from '../../src/kernel/route-messages.ts';
import { RouteWatch } from '../../src/kernel/route-watch.ts';
import type { Command } from '../../src/model/command.ts';
import type { KernelEvent, Lost } from '../../src/model/event.ts';
import { formatCommand } from '../../src/model/format-command.ts';
import type { ConnectionSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import { intentOf, parsePolicy } from '../../src/policy/index.ts';
import { host } from './policy-host.ts';
import { attribute } from './rtnetlink-attribute.ts';

interface Recorded {
  /** Since the recording began, in ms. */
  readonly at: number;
  readonly datagram: Buffer;
}

/** Message type of rtmon's own: the time, as seconds and microseconds, of the messages after it. */
const TIMESTAMP = 15;

const readRecording = (name: string): Recorded[] => {
  const file = new URL(`../../../test/unit/recordings/${name}.rtmon`, import.meta.url);
  const bytes = readFileSync(file);
  const recorded: Recorded[] = [];
  let time = 0;
  let began: number | undefined;
  for (let offset = 0; offset < bytes.length; ) {
    const length = bytes.readUInt32LE(offset);
    const datagram = bytes.subarray(offset, offset + length);
    if (datagram.readUInt16LE(4) === TIMESTAMP) {
      time = datagram.readUInt32LE(16) * 1_000 + datagram.readUInt32LE(20) / 1_000;
      began ??= time;
    } else recorded.push({ at: time - (began ?? time), datagram });
    offset += (length + 3) & ~3;
  }
  return recorded;
};

const PEER = { address: '203.0.113.9', port: 443 };
/** Beside what is recorded, and always there: one connection begins here. */
const HOME = host(99, 'home0', ['10.0.1.2']);
const POLICY = `
interface: { name: home0 }
role: active
---
interface: { name: "w*" }
role: backup
ready: { settle: 2s }
---
interface: { name: "e*" }
role: active
ready: { route: default }
`;

const CONNECTION: ConnectionSnapshot = {
  socket: {
    ...{ token: 1, state: 'established', family: 'ipv4', uid: 0, inode: 1, fallback: false },
    ...{ local: { address: '10.0.1.2', port: 40_000 }, remote: PEER },
  },
  subflows: [
    {
      ...{ token: 1, state: 'established', family: 'ipv4', localId: 0, remoteId: 0, ifindex: 0 },
      ...{ local: { address: '10.0.1.2', port: 40_000 }, remote: PEER, uid: 0, rtt: 1_000 },
      ...{ initial: true, initiatedHere: true, fullyEstablished: true },
      ...{ backupLocal: false, backupRemote: false },
    },
  ],
  owner: 'userspace',
  addresses: [],
};

/** The kernel of the recording: its messages come when they are played, its routes are those that it has told so far. */
class Player {
  readonly state = createState();
  readonly #policy = parsePolicy([{ name: 'test.yaml', text: POLICY }]);
  /** `+1.25 s subflow-create …` */
  readonly sent: string[] = [];
  /** How often the host was said to have changed. */
  changes = 0;
  readonly #watch: RouteWatch;
  #deliver: (batch: readonly (Buffer | Lost)[]) => void = () => {};
  #routes: Buffer[] = [];
  #now = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #port = 50_000;

  constructor() {
    const player = this;
    const addon = {
      RouteEventSocket: class {
        constructor(deliver: (batch: readonly (Buffer | Lost)[]) => void) {
          player.#deliver = deliver;
        }
        close() {}
      },
      routeDump: async () => player.#routes,
    } as unknown as Addon;
    const snapshot: Snapshot = {
      ...{ interfaces: [HOME], connections: [CONNECTION], unreadable: [], listsAddresses: true },
      ...{ endpoints: [], limits: { subflows: 2, addAddrAccepted: 0 }, pathManager: undefined },
    };
    const merge = new Merge(this.state, snapshot, 0);
    merge.host(0);
    merge.connections(snapshot.connections, 0);
    merge.end(0);
    this.#watch = new RouteWatch(addon, {}, (batch) => this.#received(batch));
    this.#act();
  }

  async play(recording: readonly Recorded[]): Promise<void> {
    for (const { at, datagram } of recording) {
      this.#passUntil(at);
      if (datagram.readUInt16LE(4) === Rtm.newRoute) this.#routes = [...this.#routes, datagram];
      this.#deliver([datagram]);
      // A dump is a promise or two away.
      for (let i = 0; i < 8; i++) await Promise.resolve();
    }
  }

  /** Lets time pass without news. */
  wait(milliseconds: number): void {
    this.#passUntil(this.#now + milliseconds);
  }

  close(): void {
    this.#watch.close();
  }

  #passUntil(time: number): void {
    while (this.#wakeAt <= time) {
      this.#now = this.#wakeAt;
      this.state.dirty.add(1);
      this.#act();
    }
    this.#now = time;
  }

  #received(batch: readonly KernelEvent[]): void {
    for (const event of batch) apply(this.state, event, this.#now);
    this.#act();
  }

  #act(): void {
    const { state } = this;
    if (state.hostChanged) {
      this.changes += 1;
      adoptIntent(state, intentOf(this.#policy, state.interfaces.values()), this.#now);
    }
    const connection = state.connections.get(1);
    if (connection === undefined || !state.dirty.delete(1)) return;
    const { commands, wakeAt } = planConnection(state, connection, this.#now);
    this.#wakeAt = wakeAt;
    markSent(state, commands, this.#now);
    for (const command of commands) this.#answer(command);
  }

  /** As a kernel and a peer would to whom nothing ever happens. */
  #answer(command: Command): void {
    if (command.kind === 'observe') return;
    this.sent.push(`+${(this.#now / 1_000).toFixed(1)} s ${formatCommand(command)}`);
    apply(this.state, { kind: 'command-done', command }, this.#now);
    const common = { token: 1, family: 'ipv4', remoteId: 0, backup: false, error: 0 } as const;
    if (command.kind === 'subflow-create') {
      const local = { ...command.local, port: this.#port++ };
      const { remote, localId, ifindex } = command;
      const event = { ...common, local, remote, localId, ifindex };
      apply(this.state, { kind: 'sub-established', ...event }, this.#now);
    }
    if (command.kind === 'subflow-destroy') {
      const { local, remote } = command;
      const event = { ...common, local, remote, localId: 32, ifindex: 2 };
      apply(this.state, { kind: 'sub-closed', ...event }, this.#now);
    }
  }
}

const playerOf = (t: Test): Player => {
  const player = new Player();
  t.teardown(() => player.close());
  return player;
};

/** Of what was recorded: those messages of one link in which something differs. */
const linkStates = (recording: readonly Recorded[], name: string): string[] => {
  const states = recording
    .flatMap(({ datagram }) => decodeRouteMessages(datagram))
    .filter((message) => message.kind === 'link' && message.name === name)
    .map((message) => (message.kind === 'link' ? `${message.up} ${message.running}` : ''));
  return states.filter((one, index) => one !== states[index - 1]);
};

// ip tuntap add mode tun name wwan0; ip link set wwan0 up; a program opens it; ip addr add 10.64.12.5/32 dev wwan0;
// ip route add default dev wwan0; the program ends. To the kernel a modem in raw-IP mode looks like that: ARPHRD_NONE,
// POINTOPOINT, NOARP, no link-layer address.
t.test('a modem: no link-layer address, no ARP, a route without a gateway', async (t) => {
  const recording = readRecording('modem');
  t.same(linkStates(recording, 'wwan0'), ['false false', 'true false', 'true true', 'true false']);
  const links = recording
    .filter(({ datagram }) => datagram.readUInt16LE(4) === Rtm.newLink)
    .map(({ datagram }) => rt.parseLinkMessage(datagram.subarray(16)))
    .filter(({ attrs, data }) => attrs.ifname === 'wwan0' && data.family === 0);
  for (const { data, attrs } of links) {
    t.match(data.flags, { pointopoint: true, noarp: true });
    t.equal(attrs.address, undefined, 'it has no link-layer address');
  }
  const player = playerOf(t);
  await player.play(recording);
  t.match(player.sent, [
    /^\+\d+\.\d s subflow-create 0x00000001 10\.64\.12\.5 id 32 dev 2 backup → 203\.0\.113\.9:443$/,
    /^\+\d+\.\d s remove 0x00000001 id 32$/,
    /^\+\d+\.\d s subflow-destroy 0x00000001 10\.64\.12\.5:50000 → 203\.0\.113\.9:443$/,
  ]);
  t.equal(player.sent.length, 3);
});

// veth; ip link set wlan0 mode dormant, as wpa_supplicant does; up; `state up` after the handshake; an address and a
// route; the roam is `state dormant` and `state up`, then the far end down and up, and `state up` again.
t.test('Wi-Fi: dormant is not yet, or no longer, there; a roam is one loss', async (t) => {
  const recording = readRecording('wifi-roam');
  t.same(linkStates(recording, 'wlan0'), [
    ...['false false', 'true false', 'true true'],
    ...['true false', 'true true', 'true false', 'true true'],
  ]);
  const player = playerOf(t);
  await player.play(recording);
  const roamed = player.sent.length;
  t.match(player.sent, [
    /subflow-create 0x00000001 192\.168\.7\.23 id 32 dev 3 backup/,
    /remove 0x00000001 id 32$/,
    /subflow-destroy 0x00000001 192\.168\.7\.23:50000/,
  ]);
  t.equal(roamed, 3, 'short returns in between are not used');
  player.wait(1_500);
  t.equal(player.sent.length, roamed, 'nor is the last one before it has settled');
  player.wait(5_000);
  t.match(player.sent.slice(roamed), [/subflow-create .* 192\.168\.7\.23 id 32 dev 3 backup/]);
  t.equal(player.sent.length, roamed + 1);
});

// veth to switch0; ip link set eth0 up; ten seconds later, as by a DHCP client: ip addr add 192.168.8.40/24 brd + dev
// eth0 valid_lft 86400 preferred_lft 86400; ip route add default via 192.168.8.1 dev eth0 proto dhcp src 192.168.8.40.
t.test(
  'a DHCP lease ten seconds after the carrier: joined from with its default route',
  async (t) => {
    const recording = readRecording('dhcp');
    const isUp = ({ datagram }: Recorded) =>
      decodeRouteMessages(datagram).some(
        (message) => message.kind === 'link' && message.name === 'eth0' && message.running,
      );
    const carrierAt = recording.find(isUp)?.at ?? Number.NaN;
    const player = playerOf(t);
    await player.play(recording);
    const [joined = ''] = player.sent;
    t.match(joined, /subflow-create 0x00000001 192\.168\.8\.40 id 32 dev 6 → 203\.0\.113\.9:443$/);
    t.equal(player.sent.length, 1, 'nothing before, and nothing twice');
    const after = Number(/\+([\d.]+) s/.exec(joined)?.[1]) - carrierAt / 1_000;
    t.ok(after > 9 && after < 12, `${after.toFixed(1)} s after the carrier`);
  },
);

const withAttribute = (datagram: Buffer, added: Buffer): Buffer => {
  const longer = Buffer.concat([datagram, added]);
  longer.writeUInt32LE(longer.length, 0);
  return longer;
};

// wireless_send_event() in net/wireless/wext-core.c: RTM_NEWLINK with the name and IFLA_WIRELESS (11) alone, which holds
// struct iw_event; here SIOCGIWSCAN (0x8b19), the end of a scan.
const scanEnded = (index: number, name: string): Buffer =>
  Buffer.concat(
    formatMessage({
      ...{ type: Rtm.newLink, flags: 0, seq: 0, port: 0 },
      data: [
        rt.formatLink({ family: 0, index, flags: { up: true, running: true, lowerUp: true } }),
        attribute(3, Buffer.from(`${name}\0`)),
        attribute(11, Buffer.from('1000198b00000000000000000000000000', 'hex').subarray(0, 16)),
      ],
    }),
  );

t.test('the end of a Wi-Fi scan is no news', async (t) => {
  const recording = readRecording('wifi-roam');
  const player = playerOf(t);
  await player.play(recording);
  const [before, sent] = [player.changes, player.sent.length];
  t.same(decodeRouteMessages(scanEnded(3, 'wlan0')), []);
  for (let i = 0; i < 10; i++)
    await player.play([{ at: 10_000 + i, datagram: scanEnded(3, 'wlan0') }]);
  t.equal(player.changes, before, 'the host has not changed');
  t.equal(player.sent.length, sent + 1, 'the settled path is joined, no more');
});

t.test('what is told again is no news either, whatever attributes nobody knows', async (t) => {
  const recording = readRecording('dhcp');
  const player = playerOf(t);
  await player.play(recording);
  const before = player.changes;
  const last = recording.at(-1)?.at ?? 0;
  const told = recording.slice(-12).filter(({ datagram }) => {
    const type = datagram.readUInt16LE(4);
    return type === Rtm.newAddr || type === Rtm.newRoute;
  });
  const links = recording.filter(isLastLink);
  t.ok(told.length > 0 && links.length > 0);
  for (const { datagram } of [...links.slice(-1), ...told]) {
    const unknown = attribute(0x3fff, Buffer.from('what later kernels tell'));
    const longer = withAttribute(datagram, unknown);
    t.same(decodeRouteMessages(longer), decodeRouteMessages(datagram));
    await player.play([{ at: last + 1, datagram: longer }]);
  }
  t.equal(player.changes, before);
  t.equal(player.sent.length, 1);
  t.equal(player.state.resync, undefined, 'nothing was lost');
});

const isLastLink = ({ datagram }: Recorded): boolean =>
  decodeRouteMessages(datagram).some(
    (message) => message.kind === 'link' && message.name === 'eth0' && message.running,
  );
