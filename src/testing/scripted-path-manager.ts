// What a scripted kernel does for a userspace path manager: the commands for single connections.

import { unmapped } from '../model/address.ts';
import type { PathManagerCommand } from '../model/command.ts';
import { EndpointFlag } from '../model/endpoint.ts';
import type { Refusal } from '../model/event.ts';
import {
  isPair,
  list,
  refusal,
  remoteIdOf,
  type ScriptedConnection,
} from './scripted-connection.ts';
import type { ScriptedConnections } from './scripted-connections.ts';
import type { ScriptedHost } from './scripted-host.ts';

type ConnectionCommand = Extract<PathManagerCommand, { readonly token: number }>;
type Of<K extends ConnectionCommand['kind']> = ConnectionCommand & { readonly kind: K };

const NO_SUBFLOW = refusal(3, 'subflow not found');
const UNREACHABLE = 101;
const RESET = 104;
const REFUSED = 111;

export class ScriptedPathManager {
  readonly #host: ScriptedHost;
  readonly #connections: ScriptedConnections;

  constructor(host: ScriptedHost, connections: ScriptedConnections) {
    this.#host = host;
    this.#connections = connections;
  }

  run(command: ConnectionCommand): Refusal | undefined {
    const connection = this.#connections.byToken.get(command.token);
    if (connection === undefined) return refusal(22, 'invalid token');
    if (connection.owner === 'kernel') return refusal(22, 'userspace PM not selected');
    switch (command.kind) {
      case 'subflow-create':
        return this.#create(connection, command);
      case 'subflow-destroy':
        return this.#destroy(connection, command);
      case 'remove':
        return this.#remove(connection, command.localId);
      case 'announce':
        return list(connection, command.local, command.localId, EndpointFlag.signal);
      case 'set-flags': {
        const index = connection.subflows.findIndex(isPair(command));
        const subflow = connection.subflows[index];
        if (subflow === undefined) return NO_SUBFLOW;
        const backupLocal = (command.flags & EndpointFlag.backup) !== 0;
        connection.subflows[index] = { ...subflow, backupLocal };
        return undefined;
      }
      default:
        command satisfies never;
        return undefined;
    }
  }

  #create(connection: ScriptedConnection, command: Of<'subflow-create'>): Refusal | undefined {
    const { local, localId, remote, ifindex, backup } = command;
    if (!connection.established) return refusal(107, 'connect error: -107');
    if (!this.#host.has(local.address)) return refusal(99, 'connect error: -99');
    const clash = list(connection, local, localId, EndpointFlag.subflow);
    if (clash !== undefined) return clash;
    if (!this.#host.carries(local.address)) return refusal(UNREACHABLE, 'connect error: -101');
    const remoteId = remoteIdOf(connection, remote);
    const backupLocal = backup && !this.#connections.lacks.has('backup-joins');
    const parts = { remote, localId, ifindex, backupLocal };
    if (remoteId === undefined) this.#connections.refuse(connection, local, parts, REFUSED);
    else this.#connections.join(connection, { ...parts, local, remoteId });
    return undefined;
  }

  #destroy(connection: ScriptedConnection, command: Of<'subflow-destroy'>): Refusal | undefined {
    const subflow = connection.subflows.find(isPair(command));
    if (subflow === undefined) return NO_SUBFLOW;
    // The kernel forgets the address too, though others may use it.
    connection.addresses = connection.addresses.filter(({ id }) => id !== subflow.localId);
    const isUnanswered = subflow.state === 'syn-sent';
    this.#connections.close(connection, subflow, isUnanswered ? RESET : 0);
    return undefined;
  }

  /** The peer closes what uses the address; over a dead path nobody hears of it. */
  #remove(connection: ScriptedConnection, localId: number): Refusal | undefined {
    const known = connection.addresses.some(({ id }) => id === localId);
    if (localId !== 0 && !known) return refusal(22, `address with id ${localId} not found`);
    connection.addresses = connection.addresses.filter(({ id }) => id !== localId);
    for (const subflow of connection.subflows) {
      const { local, state } = subflow;
      if (subflow.localId !== localId || state !== 'established') continue;
      if (this.#host.reaches(unmapped(local.address))) this.#connections.close(connection, subflow);
    }
    return undefined;
  }
}
