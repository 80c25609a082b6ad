// What can be asked of the kernel. `kind` is the operation's name in mptcp_pm.yaml.

import type { SocketAddress } from './address.ts';
import type { Endpoint, Limits } from './endpoint.ts';
import type { Manager } from './manager.ts';

/** The commands of the `mptcp_pm` family that change something. */
export type PathManagerCommand =
  | { readonly kind: 'add-addr'; readonly endpoint: Endpoint }
  /** `address` is needed for id 0 alone: the connections whose initial address it is. */
  | { readonly kind: 'del-addr'; readonly id: number; readonly address?: string }
  | { readonly kind: 'flush-addrs' }
  | ({ readonly kind: 'set-limits' } & Partial<Limits>)
  /** Of an endpoint, named by its id or, with id 0, by its address and port. */
  | { readonly kind: 'set-flags'; readonly endpoint: Endpoint }
  /** Of a subflow: `flags` holds the backup bit or nothing; sends MP_PRIO. Port 0 matches any. */
  | {
      readonly kind: 'set-flags';
      readonly token: number;
      readonly local: SocketAddress;
      readonly remote: SocketAddress;
      readonly flags: number;
    }
  | {
      readonly kind: 'announce';
      readonly token: number;
      readonly local: SocketAddress;
      readonly localId: number;
      readonly ifindex: number;
    }
  | { readonly kind: 'remove'; readonly token: number; readonly localId: number }
  | {
      readonly kind: 'subflow-create';
      readonly token: number;
      /** Port 0: the kernel chooses one. */
      readonly local: SocketAddress;
      readonly localId: number;
      readonly remote: SocketAddress;
      readonly ifindex: number;
      readonly backup: boolean;
    }
  /** Both ports, and the addresses in the family that the subflow's socket has. */
  | {
      readonly kind: 'subflow-destroy';
      readonly token: number;
      readonly local: SocketAddress;
      readonly remote: SocketAddress;
    };

/** Looks at one subflow by sock_diag; its answer is an `observed` event. */
export interface ObserveCommand {
  readonly kind: 'observe';
  readonly token: number;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly ifindex: number;
}

interface ListenAt {
  readonly local: SocketAddress;
  /** Matters for link-local addresses. */
  readonly ifindex: number;
}

/** Holds an announced address and port open for joins; nothing else is served there. Asking twice is asking once. */
export type ListenerCommand =
  | ({ readonly kind: 'listen' } & ListenAt)
  | ({ readonly kind: 'unlisten' } & ListenAt);

/** Which path manager the connections of this namespace get that are opened from now on. */
export interface SelectCommand {
  readonly kind: 'select-path-manager';
  readonly manager: Manager;
}

/** A command as it is planned: with what it is for and why it is sent. */
export type Command = (PathManagerCommand | ObserveCommand | ListenerCommand | SelectCommand) & {
  /** The key under which success, failure and retries are kept. */
  readonly goal: string;
  /** A sentence for the log and for `subflowctl`. */
  readonly why: string;
};
