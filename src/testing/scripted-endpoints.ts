// The table of the scripted kernel's own path manager.

import type { PathManagerCommand } from '../model/command.ts';
import { type Endpoint, EndpointFlag, type Limits } from '../model/endpoint.ts';
import type { Refusal } from '../model/event.ts';
import { refusal } from './scripted-connection.ts';
import type { Lack } from './scripted-connections.ts';

const CHANGEABLE = EndpointFlag.backup | EndpointFlag.fullmesh;

export class ScriptedEndpoints {
  list: Endpoint[] = [];
  limits: Limits = { subflows: 2, addAddrAccepted: 0 };
  /** How many endpoints fit (MPTCP_PM_ADDR_MAX). */
  capacity = 8;
  readonly #lacks: ReadonlySet<Lack>;

  constructor(lacks: ReadonlySet<Lack>) {
    this.#lacks = lacks;
  }

  addressOf(id: number): string | undefined {
    return this.list.find((endpoint) => endpoint.id === id)?.address;
  }

  run(command: PathManagerCommand): Refusal | undefined {
    switch (command.kind) {
      case 'add-addr':
        return this.#add(command.endpoint);
      case 'del-addr':
        return this.#delete(command.id);
      case 'set-flags':
        return 'token' in command ? undefined : this.#setFlags(command.endpoint);
      case 'set-limits': {
        const { subflows = this.limits.subflows } = command;
        const { addAddrAccepted = this.limits.addAddrAccepted } = command;
        if (Math.max(subflows, addAddrAccepted) > 8) {
          return refusal(22, 'limit greater than maximum (8)');
        }
        this.limits = { subflows, addAddrAccepted };
        return undefined;
      }
      default:
        return undefined;
    }
  }

  #add(endpoint: Endpoint): Refusal | undefined {
    const { flags, address, id } = endpoint;
    if (flags & EndpointFlag.signal && flags & EndpointFlag.fullmesh) {
      return refusal(22, "flags mustn't have both signal and fullmesh");
    }
    const refused = (reason: number) => {
      const errno = this.#lacks.has('refusal-codes') ? 22 : reason;
      return refusal(errno, `too many addresses or duplicate one: ${-errno}`);
    };
    if (this.list.length >= this.capacity) return refused(34);
    const same = this.list.find((other) => other.address === address);
    if (same !== undefined && !(same.flags & EndpointFlag.implicit)) return refused(17);
    if (same !== undefined && id !== 0) return refused(22);
    if (id !== 0 && this.addressOf(id) !== undefined) return refused(16);
    const last = Math.max(0, ...this.list.map((other) => other.id));
    this.list = this.list.filter((other) => other !== same);
    this.list.push({ ...endpoint, id: id || (same?.id ?? last + 1) });
    return undefined;
  }

  #delete(id: number): Refusal | undefined {
    if (id === 0) return undefined;
    if (this.addressOf(id) === undefined) return refusal(22, 'address not found');
    this.list = this.list.filter((endpoint) => endpoint.id !== id);
    return undefined;
  }

  #setFlags({ id, flags }: Endpoint): Refusal | undefined {
    const known = this.list.find((endpoint) => endpoint.id === id);
    if (known === undefined) return refusal(22, 'address not found');
    const changed = { ...known, flags: (known.flags & ~CHANGEABLE) | (flags & CHANGEABLE) };
    this.list = this.list.map((endpoint) => (endpoint === known ? changed : endpoint));
    return undefined;
  }
}
