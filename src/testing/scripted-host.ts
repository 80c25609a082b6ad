// The links and addresses of a scripted host.

import type { Family } from '../model/address.ts';
import type { KernelEvent } from '../model/event.ts';
import type { Interface, InterfaceAddress } from '../model/interface.ts';

export class ScriptedHost {
  readonly interfaces = new Map<number, Interface>();
  readonly #tell: (event: KernelEvent) => void;
  readonly #silent = new Set<number>();

  constructor(tell: (event: KernelEvent) => void) {
    this.#tell = tell;
  }

  /** It was there before anybody listened: no event tells of it. */
  addInterface(index: number, name: string, addresses: readonly string[]): void {
    this.interfaces.set(index, {
      index,
      name,
      up: true,
      running: true,
      loopback: name === 'lo',
      addresses: addresses.map(globalAddress),
      defaultRoutes: ['ipv4', 'ipv6'],
    });
  }

  /** The carrier goes or returns. No subflow ends by that, and no path-manager event tells. */
  setCarrier(index: number, running: boolean): void {
    const known = this.#interface(index);
    this.interfaces.set(index, { ...known, running });
    const { name, up, loopback } = known;
    this.#tell({ kind: 'link', index, name, up, running, loopback });
  }

  /** Its default routes come or go; the carrier stays. */
  setDefaultRoutes(index: number, families: readonly Family[]): void {
    this.interfaces.set(index, { ...this.#interface(index), defaultRoutes: families });
    const all = [...this.interfaces].map(([key, one]) => [key, one.defaultRoutes] as const);
    this.#tell({ kind: 'default-routes', families: new Map(all) });
  }

  /** All packets of the interface are lost, or not any more, and nobody is told. */
  setSilence(index: number, silent: boolean): void {
    if (silent) this.#silent.add(index);
    else this.#silent.delete(index);
  }

  addAddress(index: number, address: string): void {
    const known = this.#interface(index);
    const added = globalAddress(address);
    this.interfaces.set(index, { ...known, addresses: [...known.addresses, added] });
    this.#tell({ kind: 'address', index, address: added });
  }

  removeAddress(index: number, address: string): void {
    const known = this.#interface(index);
    const addresses = known.addresses.filter((entry) => entry.address !== address);
    this.interfaces.set(index, { ...known, addresses });
    this.#tell({ kind: 'address-removed', index, address });
  }

  has(address: string): boolean {
    return this.#interfacesOf(address).length > 0;
  }

  /** Packets from this address leave the host. */
  carries(address: string): boolean {
    return this.#interfacesOf(address).some(({ running }) => running);
  }

  /** And arrive. */
  reaches(address: string): boolean {
    const isSilent = this.#interfacesOf(address).some(({ index }) => this.#silent.has(index));
    return this.carries(address) && !isSilent;
  }

  #interfacesOf(address: string): Interface[] {
    return [...this.interfaces.values()].filter(({ addresses }) =>
      addresses.some((entry) => entry.address === address),
    );
  }

  #interface(index: number): Interface {
    const known = this.interfaces.get(index);
    if (known === undefined) throw new Error(`no interface ${index}`);
    return known;
  }
}

const globalAddress = (address: string): InterfaceAddress => ({
  address,
  family: address.includes(':') ? 'ipv6' : 'ipv4',
  prefixLength: address.includes(':') ? 64 : 24,
  scope: 'global',
  tentative: false,
  deprecated: false,
  temporary: false,
});
