// One interface of a host: its addresses, its gateway, and the routes that belong to it.

import type { SysctlValues } from './script.ts';

export type Family = 'ipv4' | 'ipv6';

export interface InterfaceSettings {
  readonly name: string;
  readonly addresses: readonly {
    readonly family: Family;
    readonly address: string;
    readonly gateway: string;
  }[];
  /** With duplicate address detection: an IPv6 address is tentative for a second or two. */
  readonly dad: boolean;
}

const WORST_METRIC = 4294967295;

export class Interface {
  readonly name: string;
  /** Empty where the lab does without the family; so are the gateways. */
  readonly ipv4: string;
  readonly ipv6: string;
  readonly gateway: Readonly<Record<Family, string>>;
  /** The routing table for packets from these addresses. */
  readonly table: number;
  /** Of its default route in the main table: the first interface is preferred. */
  readonly metric: number;
  readonly #dad: boolean;

  constructor(index: number, settings: InterfaceSettings) {
    const of = (family: Family) => settings.addresses.find((one) => one.family === family);
    this.name = settings.name;
    this.ipv4 = of('ipv4')?.address ?? '';
    this.ipv6 = of('ipv6')?.address ?? '';
    this.gateway = { ipv4: of('ipv4')?.gateway ?? '', ipv6: of('ipv6')?.gateway ?? '' };
    this.table = 101 + index;
    this.metric = 100 + index;
    this.#dad = settings.dad;
  }

  get families(): Family[] {
    return (['ipv4', 'ipv6'] as const).filter((family) => this[family] !== '');
  }

  /** To be written before the interface is set up. */
  sysctls(): SysctlValues {
    return {
      [`net/ipv4/conf/${this.name}/rp_filter`]: 0,
      ...(this.ipv6 && !this.#dad && { [`net/ipv6/conf/${this.name}/accept_dad`]: 0 }),
    };
  }

  /** For `ip -batch`; the rules of IPv6 are not among them, they need `ip -6`. */
  linesToAdd(): string[] {
    const v4 = this.ipv4 ? [`addr add ${this.ipv4}/24 dev ${this.name}`] : [];
    return [...v4, ...this.ruleLines('ipv4'), ...this.linesToRestore()];
  }

  /** After a link was down: IPv4 has lost its routes, IPv6 its address as well. */
  linesToRestore(): string[] {
    const nodad = this.#dad ? '' : ' nodad';
    const v6 = this.ipv6 ? [`addr replace ${this.ipv6}/64 dev ${this.name}${nodad}`] : [];
    return [`link set ${this.name} up`, ...v6, ...this.#routeLines()];
  }

  /** A packet leaves by the interface that its source address belongs to. */
  ruleLines(family: Family): string[] {
    const address = this[family];
    return address ? [`rule add pref ${this.table} from ${address} table ${this.table}`] : [];
  }

  /**
   * The default route in the main table, and the table of the source rule. That ends with
   * `unreachable`: otherwise, with its routes gone, a packet would leave by another interface.
   */
  #routeLines(): string[] {
    return this.families.flatMap((family) => {
      const gateway = this.gateway[family];
      const any = family === 'ipv4' ? '0.0.0.0/0' : '::/0';
      const net =
        family === 'ipv4'
          ? this.ipv4.replace(/\d+$/, '0/24')
          : this.ipv6.replace(/::[0-9a-f]+$/, '::/64');
      return [
        `route replace ${net} dev ${this.name} table ${this.table}`,
        `route replace ${any} via ${gateway} dev ${this.name} table ${this.table}`,
        `route replace unreachable ${any} table ${this.table} metric ${WORST_METRIC}`,
        `route replace ${any} via ${gateway} dev ${this.name} metric ${this.metric}`,
      ];
    });
  }
}
