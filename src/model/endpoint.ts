// What the in-kernel path manager works with, for the whole namespace.

/** Bits of MPTCP_PM_ADDR_ATTR_FLAGS. */
export const EndpointFlag = {
  signal: 1,
  subflow: 2,
  backup: 4,
  fullmesh: 8,
  implicit: 16,
  laminar: 32,
} as const;

/** The names of the bits that are set, in the order of `ip mptcp`. */
export const flagNames = (flags: number): string[] =>
  Object.entries(EndpointFlag).flatMap(([name, bit]) => (flags & bit ? [name] : []));

export interface Endpoint {
  /** 1 to 255; 0 lets the kernel choose one. */
  readonly id: number;
  readonly address: string;
  /** Host order; 0 where there is none. */
  readonly port: number;
  /** An OR of {@link EndpointFlag}; bits that this version does not know are kept. */
  readonly flags: number;
  /** 0 where the endpoint is not bound to an interface. */
  readonly ifindex: number;
}

export interface Limits {
  /** How many additional subflows a connection may have. */
  readonly subflows: number;
  /** How many addresses announced by the peer are accepted. */
  readonly addAddrAccepted: number;
}
