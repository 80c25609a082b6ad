// Scenarios that a seed makes up: a host whose links, addresses, connections and rivals do whatever they may.

import { type Random, seeded } from '../../src/testing/random.ts';
import type { Scenario, Step } from '../../src/testing/scenario.ts';

const STEPS = 40;

/** The first is the built-in default. */
const POLICIES: readonly string[] = [
  '',
  documents({ wlan: 'active', wwan: 'backup' }),
  documents({ wlan: 'active', eth: 'active', wwan: 'standby' }),
  documents({ wlan: 'active', eth: 'backup' }, 'announce: true'),
  documents({ wlan: 'active', eth: 'active', wwan: 'backup' }, 'announce: { port: 5000 }'),
];

/** The initial subflow stays on a path that is not active, but is not made again there once it was lost. */
const WITHOUT_ACTIVE = documents({ wlan: 'backup', eth: 'off', wwan: 'standby' });

const KERNEL = 'settings: { manager: kernel }';

/** A document for each kind of interface. */
function documents(roles: Readonly<Record<string, string>>, more?: string): string {
  return Object.entries(roles)
    .map(([name, role]) => [`interface: { name: "${name}*" }`, `role: ${role}`, more])
    .map((lines) => lines.filter((line) => line !== undefined).join('\n'))
    .join('\n---\n');
}

interface Options {
  /** Nothing happens after which what was missed for a while can never be made up for. */
  readonly repeatable: boolean;
}

export const randomWalk = (seed: number, { repeatable }: Options): Scenario => {
  const walk = new Walk(seeded(seed), repeatable);
  return { title: `random walk ${seed}`, policy: walk.policy, steps: walk.steps() };
};

interface Connection {
  readonly token: number;
  readonly serverSide: boolean;
  acknowledged: boolean;
  announced: boolean;
}

class Walk {
  readonly policy: string | undefined;
  readonly #random: Random;
  readonly #repeatable: boolean;
  readonly #usesKernel: boolean;
  readonly #interfaces = [
    { index: 2, name: 'wlan0', address: '10.0.1.2', running: true, has: true },
    { index: 3, name: 'wwan0', address: '10.0.2.2', running: true, has: true },
    { index: 4, name: 'eth0', address: '10.0.3.2', running: true, has: true },
  ];
  #connections: Connection[] = [];
  #rivals: number[] = [];
  #opened = 0;
  #joined = 0;

  constructor(random: Random, repeatable: boolean) {
    this.#random = random;
    this.#repeatable = repeatable;
    this.#usesKernel = random() < 0.4;
    const policy = this.#oneOf(repeatable ? POLICIES : [...POLICIES, WITHOUT_ACTIVE]);
    // An endpoint's port is another matter: the kernel listens there itself. Nor does it flag what began on a backup.
    const plain = policy
      .replaceAll(/announce: {.*/g, 'announce: true')
      .replaceAll('role: backup', repeatable ? 'role: standby' : 'role: backup');
    const documents = this.#usesKernel ? [KERNEL, plain] : [policy];
    const text = documents.filter((document) => document !== '').join('\n---\n');
    this.policy = text === '' ? undefined : text;
  }

  steps(): Step[] {
    const lines = this.#interfaces.map(
      ({ index, name, address }) => `interface ${index} ${name} ${address}`,
    );
    if (this.#random() < 0.5) lines.push(this.#open());
    lines.push('start');
    while (lines.length < STEPS) lines.push(this.#anything() ?? `wait ${this.#below(3_000)}ms`);
    if (this.#repeatable) lines.push(...this.#everythingReturns());
    return lines.map((line) => ({ line: 0, action: line.split(' '), expected: [] }));
  }

  /**
   * The end must not depend on who came first where not all have room, nor on which path was lost last where none is
   * left: that one's subflow stays.
   */
  #everythingReturns(): string[] {
    const links = this.#interfaces.filter(({ running }) => !running);
    const addresses = this.#interfaces.filter(({ has }) => !has);
    const waiting = this.#connections.filter(({ acknowledged }) => !acknowledged);
    return [
      'peer-limit 8',
      ...links.map(({ index }) => `carrier ${index} on`),
      ...addresses.map(({ index, address }) => `add-address ${index} ${address}`),
      ...waiting.map(({ token }) => `acknowledge 0x${token}`),
    ];
  }

  /** What may happen, each as often as it is listed; undefined where it may not now. */
  #anything(): string | undefined {
    return this.#oneOf([
      ...[this.#link, this.#link, this.#link, this.#link, this.#address, this.#address],
      ...[this.#open, this.#open, this.#open, this.#acknowledge, this.#close, this.#close],
      ...[this.#announce, this.#limit, this.#refuse, this.#join, this.#rival, this.#rival],
      ...[this.#wait, this.#wait, this.#wait, () => 'overflow', () => 'restart'],
      () => 'unknown-event 99',
    ]).call(this);
  }

  #link(): string {
    const one = this.#oneOf(this.#interfaces);
    one.running = !one.running;
    return `carrier ${one.index} ${one.running ? 'on' : 'off'}`;
  }

  #address(): string {
    const one = this.#oneOf(this.#interfaces);
    one.has = !one.has;
    return `${one.has ? 'add' : 'remove'}-address ${one.index} ${one.address}`;
  }

  #open(): string {
    const all = this.#repeatable ? this.#interfaces.slice(0, 1) : this.#interfaces;
    const from = all.filter(({ has, running }) => has && running);
    if (from.length === 0 || this.#connections.length > 4) return 'wait 100ms';
    // The kernel joins a connection from an endpoint when it begins, or never.
    const isWhole = this.#interfaces.every(({ has, running }) => has && running);
    if (this.#repeatable && this.#usesKernel && !isWhole) return 'wait 100ms';
    const { address } = this.#oneOf(from);
    this.#opened += 1;
    // In kernel mode a path is left also by those that have no other; who cannot join does not return.
    const serverSide = this.#random() < 0.3 && !(this.#usesKernel && this.#repeatable);
    // Nor could a connection be acknowledged whose only subflow somebody has closed with its endpoint.
    const acknowledged = serverSide || this.#usesKernel || this.#random() < 0.8;
    this.#connections.push({ token: this.#opened, serverSide, acknowledged, announced: false });
    const words = serverSide
      ? ['accept', `0x${this.#opened}`, `${address}:443`, `10.7.0.1:${50_000 + this.#opened}`]
      : ['open', `0x${this.#opened}`, `${address}:${30_000 + this.#opened}`, '10.9.0.1:443'];
    if (!acknowledged) words.push('unacknowledged');
    if (!this.#repeatable && this.#random() < 0.2) words.push('deny-join-id0');
    // Some are of the other path manager.
    if (this.#usesKernel !== this.#random() < 0.1) words.push('kernel');
    return words.join(' ');
  }

  #acknowledge(): string | undefined {
    const waiting = this.#connections.filter(({ acknowledged }) => !acknowledged);
    if (waiting.length === 0) return undefined;
    const one = this.#oneOf(waiting);
    one.acknowledged = true;
    return `acknowledge 0x${one.token}`;
  }

  #close(): string | undefined {
    if (this.#connections.length === 0) return undefined;
    const one = this.#oneOf(this.#connections);
    this.#connections = this.#connections.filter((other) => other !== one);
    return `close 0x${one.token}${this.#random() < 0.4 ? ' quietly' : ''}`;
  }

  #announce(): string | undefined {
    const clients = this.#connections.filter(({ serverSide }) => !serverSide);
    if (clients.length === 0) return undefined;
    // The kernel makes no full mesh from an address whose initial subflow was closed, whenever that was.
    if (this.#usesKernel && this.#repeatable) return undefined;
    const one = this.#oneOf(clients);
    one.announced = true;
    return `peer-announces 0x${one.token} 5 10.9.1.1:443`;
  }

  #limit(): string {
    return `peer-limit ${this.#below(9)}`;
  }

  #refuse(): string | undefined {
    const clients = this.#connections.filter(({ serverSide }) => !serverSide);
    if (this.#repeatable || clients.length === 0) return undefined;
    const { token, announced } = this.#oneOf(clients);
    return `peer-refuses 0x${token} ${announced && this.#random() < 0.5 ? 5 : 0}`;
  }

  /** The peer joins an address of ours, which ends with the path: whether it comes back is up to the peer. */
  #join(): string | undefined {
    const servers = this.#connections.filter(({ serverSide }) => serverSide);
    const at = this.#interfaces.filter(({ has, running }) => has && running);
    if (this.#repeatable || servers.length === 0 || at.length === 0) return undefined;
    const [{ token }, { address }] = [this.#oneOf(servers), this.#oneOf(at)];
    this.#joined += 1;
    const remote = `10.7.1.1:${50_000 + this.#joined}`;
    return `peer-joins 0x${token} ${this.#joined} ${address}:443 ${remote}`;
  }

  /** Somebody else changes the table of endpoints. */
  #rival(): string | undefined {
    if (!this.#usesKernel) return undefined;
    const dice = this.#random();
    if (dice < 0.3) return `delete-endpoint ${32 + this.#below(3)}`;
    if (dice < 0.5 && this.#rivals.length > 0) return `delete-endpoint ${this.#rivals.pop()}`;
    if (this.#rivals.length >= 3) return undefined;
    const id = 7 + this.#rivals.length;
    this.#rivals.push(id);
    return `endpoint 10.66.0.${id} ${id} signal`;
  }

  #wait(): string {
    return `wait ${this.#below(5_000)}ms`;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #oneOf<T>(list: readonly T[]): T {
    const one = list[this.#below(list.length)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }
}
