// Who listens where on a scripted host.

import { formatSocketAddress, type SocketAddress } from '../model/address.ts';
import type { ListenerCommand } from '../model/command.ts';
import type { Refusal } from '../model/event.ts';
import { refusal } from './scripted-connection.ts';

const NOT_PERMITTED = 13;
const IN_USE = 98;
const NOT_AVAILABLE = 99;

export class ScriptedListeners {
  /** By `formatSocketAddress`: this daemon's, or another program's. */
  readonly at = new Map<string, 'ours' | 'foreign'>();
  /** Ports below this one may not be listened at (net.ipv4.ip_unprivileged_port_start). */
  firstPort = 1;

  /** Another program listens there from now on, or no more. */
  serve(local: SocketAddress): void {
    this.at.set(formatSocketAddress(local), 'foreign');
  }

  stopServing(local: SocketAddress): void {
    this.at.delete(formatSocketAddress(local));
  }

  /** The daemon ends, and its listeners with it. */
  closeOurs(): void {
    for (const [at, whose] of this.at) if (whose === 'ours') this.at.delete(at);
  }

  run({ kind, local }: ListenerCommand, isLocal: boolean): Refusal | undefined {
    const at = formatSocketAddress(local);
    const whose = this.at.get(at);
    if (kind === 'unlisten') {
      if (whose === 'ours') this.at.delete(at);
      return undefined;
    }
    if (whose === 'ours') return undefined;
    if (local.port < this.firstPort) return refusal(NOT_PERMITTED, 'bind: permission denied');
    if (!isLocal) return refusal(NOT_AVAILABLE, 'bind: no such address');
    if (whose === 'foreign') return refusal(IN_USE, 'bind: address already in use');
    this.at.set(at, 'ours');
    return undefined;
  }
}
