// What the daemon, the command line and applications use of the control socket.

export type { Handlers } from './answer.ts';
export { ControlClient } from './client.ts';
export { AlreadyRunning, ControlError, type ControlFailure } from './errors.ts';
export * from './protocol.ts';
export { findSocket, makeRuntimeDirectory } from './runtime-directory.ts';
export { ControlServer, type ServerOptions } from './server.ts';
export { socketPath } from './socket-path.ts';
