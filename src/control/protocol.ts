// What is said on the control socket: JSON-RPC 2.0 (jsonrpc.org/specification), one message a line.

import type { Limits } from '../model/endpoint.ts';
import type { AddressIntent, Role } from '../policy/intent.ts';

/** Raised when a method changes its meaning; methods and fields may be added without. */
export const PROTOCOL_VERSION = 1;

/** Bytes of a line, its end included. No request is longer than the first, no answer than the second. */
export const MAX_REQUEST = 64 << 10;
export const MAX_ANSWER = 64 << 20;

/** Every method with its parameters and its result. */
export interface Methods {
  status: { params: undefined; result: Status };
}

export type Method = keyof Methods;

export interface Request {
  readonly jsonrpc: '2.0';
  readonly id: number;
  readonly method: string;
  readonly params?: unknown;
}

/** `id` is null where the request's could not be made out. */
export type Response = { readonly jsonrpc: '2.0'; readonly id: number | string | null } & (
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
);

/** Codes that the specification reserves. */
export const ErrorCode = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  internalError: -32_603,
} as const;

export interface Status {
  readonly protocol: typeof PROTOCOL_VERSION;
  readonly version: string;
  readonly pid: number;
  /** When the daemon took over, in ISO 8601. */
  readonly since: string;
  readonly manager: 'userspace' | 'kernel';
  readonly policy: PolicyStatus;
  readonly interfaces: readonly InterfaceStatus[];
  /** Of the in-kernel path manager, whoever made them. */
  readonly endpoints: readonly EndpointStatus[];
  /** Paths that have no endpoint, since the kernel's table is full: `10.0.1.107`. */
  readonly withoutRoom?: readonly string[];
  /** Undefined until the first snapshot. */
  readonly limits?: Limits;
  readonly connections: readonly ConnectionStatus[];
  /** What somebody else keeps changing, and is left so: `somebody has deleted endpoint …`; absent where there is none. */
  readonly conflicts?: readonly string[];
  /** Why the kernel cannot be read now: what is shown is what was known before. */
  readonly snapshotProblem?: string;
  /** What was asked of the in-kernel path manager and is not done. */
  readonly pending: readonly PendingStatus[];
  /** Where joins to announced ports find a listener, or wait for one; absent where there are none. */
  readonly listeners?: readonly ListenerStatus[];
  readonly counters: Readonly<Record<string, number>>;
}

export interface PolicyStatus {
  readonly rules: readonly RuleStatus[];
  /** Why the files on the disk are not what is in force. */
  readonly problem?: string;
}

export interface RuleStatus {
  /** `laptop.yaml:3` */
  readonly source: string;
  /** `wlan*, eth0` */
  readonly match: string;
  readonly role: Role;
  /** Those that it decides for now. */
  readonly interfaces: readonly string[];
}

export interface InterfaceStatus {
  readonly name: string;
  readonly index: number;
  /** Absent, as `source`, where no rule claims it. */
  readonly role?: Role;
  readonly source?: string;
  readonly addresses: readonly AddressStatus[];
}

export interface AddressStatus {
  readonly address: string;
  readonly state: AddressIntent['state'];
  readonly why?: string;
}

export interface EndpointStatus {
  readonly id: number;
  readonly address: string;
  /** 0 where there is none. */
  readonly port: number;
  /** `subflow`, `fullmesh`, … */
  readonly flags: readonly string[];
  readonly interface: string | null;
  /** False where somebody else, or the kernel itself, has made it. */
  readonly ours: boolean;
}

export interface ConnectionStatus {
  /** `0x3c6937e5` */
  readonly token: string;
  /** Null where the kernel cannot tell, as in `owner`. */
  readonly serverSide: boolean | null;
  readonly owner: 'userspace' | 'kernel' | null;
  /** Why it is left as it is. */
  readonly note?: string;
  /** Of the initial subflow: `10.0.1.2:40000`. */
  readonly local: string;
  readonly remote: string;
  readonly subflows: readonly SubflowStatus[];
  readonly pending: readonly PendingStatus[];
}

export interface SubflowStatus {
  readonly local: string;
  readonly remote: string;
  /** Null where the address is on no interface. */
  readonly interface: string | null;
  readonly localId: number;
  readonly remoteId: number;
  readonly role: Role | null;
  /** What this side asked for; null where it is not known. */
  readonly backup: boolean | null;
  readonly state: string;
}

export interface ListenerStatus {
  /** `10.0.2.2:5000` */
  readonly local: string;
  /** `foreign`: of another program, which was there before. */
  readonly state: 'ours' | 'foreign' | 'waiting';
  /** While it waits. */
  readonly pending?: PendingStatus;
}

/** A goal that was not reached yet. */
export interface PendingStatus {
  readonly goal: string;
  readonly failures: number;
  /** Null while an answer is awaited. */
  readonly retryInMs: number | null;
  readonly error?: string;
}
