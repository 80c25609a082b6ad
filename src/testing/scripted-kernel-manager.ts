// The scripted kernel's own path manager: what its endpoints mean to the connections that it has.

import { unmapped } from '../model/address.ts';
import type { PathManagerCommand } from '../model/command.ts';
import { type Endpoint, EndpointFlag, type Limits } from '../model/endpoint.ts';
import type { Refusal } from '../model/event.ts';
import type { ScriptedConnection } from './scripted-connection.ts';
import type { ScriptedConnections } from './scripted-connections.ts';
import { ScriptedEndpoints } from './scripted-endpoints.ts';
import type { ScriptedHost } from './scripted-host.ts';

export class ScriptedKernelManager {
  readonly endpoints: ScriptedEndpoints;
  readonly #host: ScriptedHost;
  readonly #connections: ScriptedConnections;

  constructor(host: ScriptedHost, connections: ScriptedConnections) {
    this.#host = host;
    this.#connections = connections;
    this.endpoints = new ScriptedEndpoints(connections.lacks);
  }

  run(command: PathManagerCommand): Refusal | undefined {
    const isDeletion = command.kind === 'del-addr';
    const address = isDeletion
      ? (this.endpoints.addressOf(command.id) ?? command.address)
      : undefined;
    const refused = this.endpoints.run(command);
    if (refused !== undefined) return refused;
    if (!isDeletion) this.join();
    else if (address !== undefined) this.#leave(address);
    return undefined;
  }

  /** Joins every connection wherever an endpoint says so, once. */
  join(): void {
    for (const connection of this.#connections.byToken.values()) {
      if (connection.owner !== 'kernel' || !connection.established) continue;
      for (const endpoint of this.endpoints.list) {
        if (this.#host.carries(endpoint.address)) this.#joinFrom(connection, endpoint);
      }
    }
  }

  #joinFrom(connection: ScriptedConnection, endpoint: Endpoint): void {
    const { address, id, flags, ifindex } = endpoint;
    for (const [remoteId, remote] of connection.peer) {
      if (!isUsedBy(connection, endpoint, remoteId, this.endpoints.limits)) continue;
      this.#connections.join(connection, {
        local: { address, port: 0 },
        remote,
        localId: unmapped(connection.local.address) === address ? 0 : id,
        remoteId,
        ifindex,
        backupLocal: (flags & EndpointFlag.backup) !== 0,
      });
    }
  }

  #leave(address: string): void {
    for (const connection of this.#connections.byToken.values()) {
      if (connection.owner !== 'kernel') continue;
      for (const subflow of connection.subflows) {
        if (unmapped(subflow.local.address) !== address) continue;
        this.#connections.close(connection, subflow);
      }
    }
  }
}

/** Whether the in-kernel path manager joins from this endpoint to this address of the peer. */
const isUsedBy = (
  connection: ScriptedConnection,
  { address, flags }: Endpoint,
  remoteId: number,
  limits: Limits,
): boolean => {
  if (connection.serverSide || !(flags & EndpointFlag.subflow)) return false;
  if (remoteId !== 0 && (!(flags & EndpointFlag.fullmesh) || limits.addAddrAccepted === 0)) {
    return false;
  }
  // It takes the initial subflow for alive for ever.
  const began = address === unmapped(connection.local.address) && remoteId === 0;
  if (began && flags & EndpointFlag.fullmesh) return false;
  if (address.includes(':') !== unmapped(connection.remote.address).includes(':')) return false;
  if (connection.subflows.filter(({ initial }) => !initial).length >= limits.subflows) return false;
  return !connection.subflows.some(
    (subflow) => unmapped(subflow.local.address) === address && subflow.remoteId === remoteId,
  );
};
