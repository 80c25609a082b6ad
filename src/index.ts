// What the package gives to programs: the kernel's MPTCP path management, typed.

export { loadAddon, type SocketOptions } from './kernel/addon.ts';
export type { Capabilities, Capability, CapabilityName, Has } from './kernel/capabilities.ts';
export type { Kernel } from './kernel/kernel.ts';
export { KernelError, type KernelErrorDetails } from './kernel/kernel-error.ts';
export { NativeKernel } from './kernel/native-kernel.ts';
export {
  type NamespaceEvent,
  type NamespaceListener,
  type OpenKernel,
  openKernel,
} from './kernel/open-kernel.ts';
export { type Family, formatSocketAddress, type SocketAddress } from './model/address.ts';
export type {
  Command,
  ListenerCommand,
  ObserveCommand,
  PathManagerCommand,
} from './model/command.ts';
export { type Endpoint, EndpointFlag, type Limits } from './model/endpoint.ts';
export type * from './model/event.ts';
export { formatCommand, formatRefusal } from './model/format-command.ts';
export type { Interface, InterfaceAddress } from './model/interface.ts';
export type { ConnectionSnapshot, Owner, Snapshot } from './model/snapshot.ts';
export type { MptcpSocket, Subflow, TcpState } from './model/subflow.ts';
export { formatToken } from './model/token.ts';
