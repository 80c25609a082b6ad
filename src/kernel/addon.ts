// The whole surface of the native addon (native/binding), typed in one place.
//
// Whatever the addon throws, or rejects a promise with, is an Error with `code` ('EPERM'), `errno` and
// `syscall`; the kernel's extended ack, where there is one, is in `extack`. Each socket lives in the
// namespace of the thread that made it, or in the one whose path is given as `netns`.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { SocketAddress } from '../model/address.ts';
import type { PathManagerCommand } from '../model/command.ts';
import type { Endpoint, Limits } from '../model/endpoint.ts';
import type { Lost, PathManagerEvent } from '../model/event.ts';
import type { MptcpSocket, Subflow } from '../model/subflow.ts';

export interface SocketOptions {
  /** Path of a network namespace (`/run/netns/x`, `/proc/PID/ns/net`). */
  readonly netns?: string;
  /** Bytes asked for with SO_RCVBUFFORCE, or as much of it as SO_RCVBUF gives. */
  readonly receiveBuffer?: number;
}

/** A netlink socket on the event loop. It keeps the process alive until `unref` or `close`. */
interface LoopSocket {
  /** Bytes that the kernel granted (it counts double: socket(7)). */
  readonly receiveBuffer: number;
  ref(): void;
  unref(): void;
  /** Idempotent; the listener is not called again. */
  close(): void;
}

/** A refusal as netlink carries it. */
export interface NativeRefusal {
  /** Positive errno. */
  readonly errno: number;
  /** 'EINVAL' */
  readonly code: string;
  readonly text?: string;
  /** Offset of the offending attribute in the request, where the kernel told (NLMSGERR_ATTR_OFFS). */
  readonly offset?: number;
  /** Number of the attribute that is missing (NLMSGERR_ATTR_MISS_TYPE). */
  readonly missing?: number;
}

export interface CommandResult {
  readonly sequence: number;
  readonly refusal?: NativeRefusal;
}

export interface CommandSocket extends LoopSocket {
  /**
   * Sends the commands in one write and returns at once the sequence number of the first; those of the
   * others follow. Each is answered once through the listener, in order. Throws a TypeError that names
   * the field where a command cannot be encoded; then nothing was sent.
   */
  send(commands: readonly PathManagerCommand[]): number;
}

export type PathManagerQuery =
  /** One endpoint; with a token one entry of that connection's address list. */
  | { readonly kind: 'get-addr'; readonly id: number; readonly token?: number }
  /** All endpoints; with a token that connection's address list (kernel 6.10 and newer). */
  | { readonly kind: 'dump-addr'; readonly token?: number }
  | { readonly kind: 'get-limits' }
  | RawRequest;

/** Attributes of one address, as they are sent: what is absent is not there, and zeros are. */
export interface RawAddress {
  readonly address?: string;
  readonly id?: number;
  readonly port?: number;
  readonly flags?: number;
  readonly ifindex?: number;
}

/** Any operation of the family with exactly these attributes; only the kernel judges them. */
export interface RawRequest {
  readonly kind: 'request';
  readonly operation: PathManagerCommand['kind'] | 'get-addr' | 'get-limits';
  readonly local?: RawAddress;
  readonly remote?: RawAddress;
  readonly token?: number;
  readonly localId?: number;
  readonly subflows?: number;
  readonly addAddrAccepted?: number;
}

export interface PathManagerReply {
  readonly endpoints?: readonly Endpoint[];
  readonly limits?: Limits;
  readonly refusal?: NativeRefusal;
}

/** What the kernel says of the family `mptcp_pm` (CTRL_CMD_GETFAMILY). */
export interface FamilyDescription {
  /** `flags` is an OR of GENL_CMD_CAP_DO (2), GENL_CMD_CAP_DUMP (4) and others (linux/genetlink.h). */
  readonly operations: readonly { readonly id: number; readonly flags: number }[];
  /** Names of the multicast groups. */
  readonly groups: readonly string[];
}

export interface DiagSnapshot {
  /** Every MPTCP socket but listeners. */
  readonly sockets: readonly MptcpSocket[];
  /** Every TCP socket that belongs to one, in any state but LISTEN, TIME_WAIT and CLOSE. */
  readonly subflows: readonly Subflow[];
}

/**
 * What a dump has found, handed over in parts: at most so many further records, none once all were taken. Of 30,000 at
 * once the loop would hear nothing for a tenth of a second.
 */
export type DiagCursor = (count: number) => DiagSnapshot;

/** Exact look-ups, answered before the call returns (some 10 µs). */
export interface DiagSocket {
  subflow(local: SocketAddress, remote: SocketAddress, ifindex: number): Subflow | undefined;
  connection(token: number): MptcpSocket | undefined;
  close(): void;
}

/** An MPTCP listener that serves nobody: joins are the kernel's, everything else is reset. */
export interface Listener {
  /** Idempotent; the port is free at once. */
  close(): void;
}

export interface ListenerOptions {
  readonly bind: SocketAddress;
  /** Matters for link-local addresses. */
  readonly ifindex: number;
  readonly netns?: string;
}

export interface MptcpSocketOptions {
  readonly family: 'ipv4' | 'ipv6';
  readonly netns?: string;
  readonly bind?: SocketAddress;
  /** Makes it a listener with this backlog. */
  readonly listen?: number;
}

export interface Addon {
  /** Joins `mptcp_pm_events`; the listener gets one array for all that a wake-up found. */
  readonly PathManagerEventSocket: new (
    listener: (batch: readonly (PathManagerEvent | Lost)[]) => void,
    /** With `raw` every event is of the kind `unknown`: all its attributes as they came. */
    options?: SocketOptions & { readonly raw?: boolean },
  ) => LoopSocket;
  readonly CommandSocket: new (
    listener: (results: readonly (CommandResult | Lost)[]) => void,
    options?: SocketOptions,
  ) => CommandSocket;
  /** Joins rtnetlink groups (RTNLGRP_*); each Buffer is one datagram, of one or more messages. */
  readonly RouteEventSocket: new (
    listener: (batch: readonly (Buffer | Lost)[]) => void,
    groups: readonly number[],
    options?: SocketOptions,
  ) => LoopSocket;
  readonly DiagSocket: new (options?: SocketOptions) => DiagSocket;
  /** Hears how many connections a wake-up reset. It does not keep the process alive. */
  readonly Listener: new (
    onReset: (count: number) => void,
    options: ListenerOptions,
  ) => Listener;

  /** Hears when the wall clock is set, and when the machine resumes. It does not keep the process alive. */
  readonly ClockWatch: new (
    listener: () => void,
  ) => { close(): void };

  /** Answers in the order of the queries; one failing does not stop the others. Off the loop's thread. */
  query(queries: readonly PathManagerQuery[], options?: SocketOptions): Promise<PathManagerReply[]>;
  /** Needs no privilege and changes nothing. Rejects with ENOENT where the kernel has no MPTCP. */
  family(options?: SocketOptions): Promise<FamilyDescription>;
  /**
   * Which attribute of the command the refusal is about, as mptcp_pm.yaml names it: `addr-remote.port`;
   * undefined where the kernel did not tell.
   */
  attributeOf(command: PathManagerCommand, refusal: NativeRefusal): string | undefined;
  /** Both dumps of sock_diag for both families. Off the loop's thread; an interrupted dump is run again. */
  diagSnapshot(options?: SocketOptions): Promise<DiagCursor>;
  /** An rtnetlink dump: `type` is RTM_GET*, `body` the family header. Each Buffer holds whole messages. */
  routeDump(type: number, body: Uint8Array, options?: SocketOptions): Promise<Buffer[]>;

  /** An MPTCP socket: non-blocking, close-on-exec, not yet connected. Returns the file descriptor. */
  openMptcpSocket(options: MptcpSocketOptions): number;
  /** Token of the connection on this descriptor; undefined after a fall-back to TCP. */
  connectionToken(fd: number): number | undefined;
  closeDescriptor(fd: number): void;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const load = createRequire(import.meta.url)('node-gyp-build') as (directory: string) => Addon;

/** Loads the addon from build/Release, or from a prebuilt one in the package. */
export const loadAddon = (): Addon => load(root);
