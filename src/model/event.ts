// Everything the kernel tells. `kind` is the word in the kernel's own specification
// (Documentation/netlink/specs/mptcp_pm.yaml); what does not come from mptcp_pm stands below.

import type { Family, SocketAddress } from './address.ts';
import type { Command } from './command.ts';
import type { InterfaceAddress } from './interface.ts';
import type { Subflow } from './subflow.ts';

interface ConnectionOpened {
  readonly token: number;
  /** The socket's family: `ipv6` too where the addresses are v4-mapped. */
  readonly family: Family;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly serverSide: boolean;
  /** The peer asked not to be joined at its initial address (RFC 8684 §3.1, flag C). */
  readonly denyJoinId0: boolean;
}

interface SubflowChanged {
  readonly token: number;
  readonly family: Family;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly localId: number;
  readonly remoteId: number;
  /** The peer asked for backup; what this side asked for is in no event. */
  readonly backup: boolean;
  /** 0 where the subflow is not bound to an interface. */
  readonly ifindex: number;
  /** errno of the subflow's socket; 0 where the kernel gave none. */
  readonly error: number;
  /** MP_TCPRST reason (RFC 8684 §3.6), where one was received. */
  readonly resetReason?: number;
  readonly resetFlags?: number;
}

/** A subflow joined, ended, or was given another priority by the peer. */
export type SubflowEvent = {
  readonly kind: 'sub-established' | 'sub-closed' | 'sub-priority';
} & SubflowChanged;

/** What the addon's `mptcp_pm` event socket delivers. */
export type PathManagerEvent =
  | ({ readonly kind: 'created' | 'established' } & ConnectionOpened)
  | { readonly kind: 'closed'; readonly token: number }
  | {
      readonly kind: 'announced';
      readonly token: number;
      readonly remoteId: number;
      readonly remote: SocketAddress;
    }
  | { readonly kind: 'removed'; readonly token: number; readonly remoteId: number }
  | SubflowEvent
  | {
      readonly kind: 'listener-created' | 'listener-closed';
      readonly family: Family;
      readonly local: SocketAddress;
    }
  /** An event newer than this version: kept whole, `attributes` maps its numbers to raw bytes. */
  | {
      readonly kind: 'unknown';
      readonly command: number;
      readonly attributes: ReadonlyMap<number, Uint8Array>;
    };

/** Says that events were lost: the receive buffer overflowed (ENOBUFS) or bytes could not be decoded. */
export interface Lost {
  readonly kind: 'lost';
  /** Events, answers to commands, or news of the host. */
  readonly socket: 'mptcp_pm' | 'answers' | 'rtnetlink';
  readonly reason: string;
}

/** What rtnetlink says has changed. */
export type HostEvent =
  | {
      readonly kind: 'link';
      readonly index: number;
      readonly name: string;
      readonly up: boolean;
      readonly running: boolean;
      readonly loopback: boolean;
    }
  | { readonly kind: 'link-removed'; readonly index: number }
  | { readonly kind: 'address'; readonly index: number; readonly address: InterfaceAddress }
  | { readonly kind: 'address-removed'; readonly index: number; readonly address: string }
  /** The default routes of the whole namespace as they are now: interface index → families. */
  | { readonly kind: 'default-routes'; readonly families: ReadonlyMap<number, readonly Family[]> }
  /** Some route through this interface was added: what was unreachable may not be so any more. */
  | { readonly kind: 'route-added'; readonly index: number };

/** Why the kernel refused a command. */
export interface Refusal {
  /** As in `errno -l`: `EINVAL`. */
  readonly code: string;
  readonly errno: number;
  /** The kernel's extended ack, where it sent one. */
  readonly text?: string | undefined;
}

/** The kernel's answer to a command: an answer, not yet an outcome (a join is under way). */
export interface CommandDone {
  readonly kind: 'command-done';
  readonly command: Command;
  readonly refusal?: Refusal;
}

/** The answer to an `observe` command: the subflow as sock_diag shows it, or nothing. */
export interface Observed {
  readonly kind: 'observed';
  readonly command: Command & { readonly kind: 'observe' };
  readonly subflow?: Subflow;
}

/** At a listener of ours somebody connected who was no join, and was reset. */
export interface ListenerReset {
  readonly kind: 'listener-reset';
  readonly local: SocketAddress;
  /** How many, since this was last told. */
  readonly count: number;
}

/** The wall clock was set, or the machine has slept: what happened meanwhile, nobody told. */
export interface ClockSet {
  readonly kind: 'clock-set';
}

export type KernelEvent =
  | PathManagerEvent
  | HostEvent
  | Lost
  | CommandDone
  | Observed
  | ListenerReset
  | ClockSet;
