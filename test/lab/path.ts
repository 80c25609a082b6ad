// One of the client's ways to the server, as the middle of the lab makes it.

import type { Host } from './host.ts';
import type { Family } from './interface.ts';
import type { Program } from './program.ts';
import { tool } from './tools.ts';

export interface PathOptions {
  /** The client's interface. */
  readonly interface?: string;
  /** One way, in milliseconds; 0 is a bridge without any delay. */
  readonly delay?: number;
  /** Mbit/s each way; without it the link is as fast as the machine. */
  readonly rate?: number;
  /** How many packets wait for their turn, each way, before they are dropped. */
  readonly queue?: number;
}

/**
 * A path's network is a bridge in the middle, which is also its router. The client's end of the
 * cable is plugged into it, or into a relay before it:
 *
 *     client wlan0 ── client1 ─────────────────────── path1 (bridge, gateway) ── server1 ── server eth0
 *     client wlan0 ── client1 ──relay── far1 ── hub1 ── path1 (bridge, gateway) ── server1 ── server eth0
 */
export class Path {
  readonly number: number;
  readonly interface: string;
  readonly options: PathOptions;
  readonly #middle: Host;
  #relay: Program | undefined;

  constructor(number: number, defaultInterface: string, options: PathOptions, middle: Host) {
    this.number = number;
    this.interface = options.interface ?? defaultInterface;
    this.options = options;
    this.#middle = middle;
  }

  /** With a delay, a rate or a queue there is a relay in between. */
  get far(): boolean {
    const { delay = 0, rate, queue } = this.options;
    return delay > 0 || rate !== undefined || queue !== undefined;
  }

  /** The address of this network's host `n`: 1 is the client, 2 the server, 254 the router. */
  address(family: Family, n: 1 | 2 | 254): string {
    return family === 'ipv4'
      ? `10.0.${this.number}.${n}`
      : `fd00:${this.number}::${n.toString(16)}`;
  }

  get #clientPort(): string {
    return `client${this.number}`;
  }

  /** The bridge's port towards the client. */
  get #port(): string {
    return this.far ? `hub${this.number}` : this.#clientPort;
  }

  /** For `ip -batch` in the middle. `server` is the namespace whose interface is plugged in, if any. */
  lines(
    families: readonly Family[],
    client: string,
    server?: { netns: string; name: string },
  ): string[] {
    const { number } = this;
    const bridge = `path${number}`;
    const lines = [
      `link add ${bridge} type bridge forward_delay 0 mcast_snooping 0`,
      ...families.map(
        (family) =>
          `addr add ${this.address(family, 254)}/${family === 'ipv4' ? 24 : 64} dev ${bridge}`,
      ),
      `link set ${bridge} up`,
      `link add ${this.#clientPort} type veth peer name ${this.interface} netns ${client}`,
    ];
    if (this.far) {
      lines.push(`link add far${number} type veth peer name hub${number}`);
      // Only the relay may hear what comes here: the middle itself must not answer ARP before it.
      for (const name of [this.#clientPort, `far${number}`])
        lines.push(`link set ${name} arp off addrgenmode none up`);
    }
    lines.push(`link set ${this.#port} master ${bridge} up`);
    if (server)
      lines.push(
        `link add server${number} type veth peer name ${server.name} netns ${server.netns}`,
        `link set server${number} master ${bridge} up`,
      );
    return lines;
  }

  async start(): Promise<void> {
    if (!this.far) return;
    const { delay = 0, rate, queue } = this.options;
    const argv = [tool('relay'), '--between', this.#clientPort, `far${this.number}`];
    argv.push('--delay', String(delay));
    if (rate !== undefined) argv.push('--rate', String(rate));
    if (queue !== undefined) argv.push('--queue', String(queue));
    this.#relay = this.#middle.spawn(argv);
    await this.#relay.line('ready');
  }

  /** The client's interface loses its carrier while it stays up: the cable is pulled at the far end. */
  async unplug(): Promise<void> {
    await this.#middle.ip([`link set ${this.#clientPort} down`]);
  }

  async plug(): Promise<void> {
    await this.#middle.ip([`link set ${this.#clientPort} up`]);
  }

  /** Every packet is lost from now on, both ways, and nobody is told. */
  async silence(): Promise<void> {
    await this.#setPortState('0');
  }

  async resume(): Promise<void> {
    await this.#setPortState('3');
  }

  // As spanning tree would: 0 is disabled, 3 forwarding. `ip link set … bridge_slave state` does nothing.
  async #setPortState(state: '0' | '3'): Promise<void> {
    await this.#middle.exec(['bridge', 'link', 'set', 'dev', this.#port, 'state', state]);
  }
}
