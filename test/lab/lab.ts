// The lab: a client with several paths to a server, and a middle that carries them.

import { Host, type Log } from './host.ts';
import type { Family, InterfaceSettings } from './interface.ts';
import {
  addNamespaces,
  deleteNamespaces,
  deleteNamespacesNow,
  namer,
  sweep,
  undoAtExit,
  undone,
} from './namespaces.ts';
import { Path, type PathOptions } from './path.ts';
import { type PathManager, pathManagerSysctl } from './path-manager.ts';
import { Script, type SysctlValues } from './script.ts';

export interface LabOptions extends Omit<PathOptions, 'interface'> {
  /** How many paths, or what each is like; what one leaves out is as said for all. */
  readonly paths?: number | readonly PathOptions[];
  /** The server has an address on the first so many paths; the others reach it by routing. */
  readonly serverInterfaces?: number;
  readonly families?: readonly Family[];
  /** Which path manager the server has; userspace accepts every join. */
  readonly peer?: PathManager;
  /** Duplicate address detection, which IPv6 does by default, takes a second: off unless asked for. */
  readonly dad?: boolean;
  /** Gets every command that the lab runs. */
  readonly log?: Log;
}

const INTERFACES = ['wlan0', 'wwan0', 'eth0', 'eth1', 'eth2', 'eth3'];
const silent: Log = () => {};

export class Lab {
  readonly client: Host;
  readonly server: Host;
  readonly middle: Host;
  readonly paths: readonly Path[];
  readonly #options: LabOptions;

  static async create(options: LabOptions = {}): Promise<Lab> {
    await sweep(options.log ?? silent);
    const lab = new Lab(options);
    undoAtExit(lab);
    try {
      await lab.#build();
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  private constructor(options: LabOptions) {
    const { paths = 2, log = silent, delay, rate, queue } = options;
    const name = namer();
    this.#options = options;
    this.client = new Host('client', name('client'), log);
    this.middle = new Host('middle', name('middle'), log);
    this.server = new Host('server', name('server'), log);
    const common = Object.fromEntries(
      Object.entries({ delay, rate, queue }).filter(([, value]) => value !== undefined),
    );
    const each = typeof paths === 'number' ? Array.from({ length: paths }, () => ({})) : paths;
    this.paths = each.map(
      (path, i) => new Path(i + 1, INTERFACES[i] ?? `eth${i}`, { ...common, ...path }, this.middle),
    );
  }

  get hosts(): readonly Host[] {
    return [this.client, this.middle, this.server];
  }

  /** The server's first address: what clients connect to. */
  address(family: Family = 'ipv4'): string {
    return this.server.interfaces[0]?.[family] ?? '';
  }

  /** Ends every program and removes the namespaces. May be called twice. */
  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stopPrograms()));
    undone(this);
    await deleteNamespaces(this.hosts.map((host) => host.namespace)).catch(() => {});
  }

  /** The same, without waiting: for a process that is about to end. */
  abandon(): void {
    for (const host of this.hosts) host.killPrograms();
    deleteNamespacesNow(this.hosts.map((host) => host.namespace));
  }

  async #build(): Promise<void> {
    const { peer = 'kernel', dad = false } = this.#options;
    await addNamespaces(this.hosts.map((host) => host.namespace));
    const cables = this.paths.flatMap((path, i) => this.#cables(path, i));
    await this.middle.run(new Script().sysctl(middleSysctls(this.#families)).ip(cables));
    const ends = endSysctls(this.#families, dad);
    await Promise.all([
      ...this.paths.map((path) => path.start()),
      this.client.configure(ends, this.#settings(this.paths, 'client')),
      this.server.configure(
        { ...ends, ...Object.fromEntries([pathManagerSysctl(peer)]) },
        this.#settings(this.#serverPaths, 'server'),
      ),
    ]);
    // Under its own path manager a server accepts joins only while somebody listens to its events.
    if (peer === 'userspace') this.server.spawn(['ip', 'mptcp', 'monitor']);
  }

  get #serverPaths(): readonly Path[] {
    return this.paths.slice(0, this.#options.serverInterfaces ?? 1);
  }

  get #families(): readonly Family[] {
    return this.#options.families ?? ['ipv4', 'ipv6'];
  }

  #cables(path: Path, index: number): string[] {
    const served = index < this.#serverPaths.length;
    const server = { netns: this.server.namespace, name: `eth${index}` };
    return path.lines(this.#families, this.client.namespace, served ? server : undefined);
  }

  #settings(paths: readonly Path[], end: 'client' | 'server'): InterfaceSettings[] {
    const { dad = false } = this.#options;
    const n = end === 'client' ? 1 : 2;
    return paths.map((path, i) => ({
      name: end === 'client' ? path.interface : `eth${i}`,
      addresses: this.#families.map((family) => ({
        family,
        address: path.address(family, n),
        gateway: path.address(family, 254),
      })),
      dad,
    }));
  }
}

/** Many short connections must not run out of ports; IPv4's other settings come from the host. */
const endSysctls = (families: readonly Family[], dad: boolean): SysctlValues => ({
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.ip_local_port_range': '1024 65535',
  'net.ipv4.tcp_tw_reuse': 1,
  ...(families.includes('ipv6') && !dad && { 'net.ipv6.conf.all.accept_dad': 0 }),
});

/** Set before it has interfaces: they take over what is in `default`. */
const middleSysctls = (families: readonly Family[]): SysctlValues => ({
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
  'net.ipv4.ip_forward': 1,
  ...(families.includes('ipv6') && {
    'net.ipv6.conf.all.accept_dad': 0,
    'net.ipv6.conf.default.accept_dad': 0,
    'net.ipv6.conf.all.forwarding': 1,
  }),
});
