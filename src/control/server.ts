// The daemon's end of the control socket. No client, however it behaves, costs more than its place.

import { createServer, type Server, type Socket } from 'node:net';
import { answer, type Handlers } from './answer.ts';
import { claimSocket } from './claim-socket.ts';
import { linesOf } from './lines.ts';
import { MAX_REQUEST, type Response } from './protocol.ts';

export interface ServerOptions {
  readonly path: string;
  readonly handlers: Handlers;
  readonly maxClients?: number;
  /** A client that neither asks nor reads for so long is cut off, in ms. */
  readonly patience?: number;
}

export class ControlServer {
  readonly #server: Server;
  readonly #handlers: Handlers;
  readonly #patience: number;
  readonly #clients = new Set<Socket>();

  /** Rejects with `AlreadyRunning` where a live daemon has the path. */
  static async listen(options: ServerOptions): Promise<ControlServer> {
    const control = new ControlServer(options);
    await claimSocket(control.#server, options.path);
    // Such as EMFILE while accepting: the next client may have more luck.
    control.#server.on('error', () => {});
    return control;
  }

  private constructor({ handlers, maxClients = 64, patience = 10_000 }: ServerOptions) {
    this.#handlers = handlers;
    this.#patience = patience;
    // A client may close its sending side after a request, as `nc -N` does, and still be answered.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = maxClients;
  }

  /** Cuts all clients off and removes the socket file. */
  close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#clients.add(socket);
    socket.once('close', () => this.#clients.delete(socket));
    socket.setTimeout(this.#patience, () => socket.destroy());
    // A client that goes away while it is served is no fault of ours.
    this.#serve(socket).catch(() => socket.destroy());
  }

  /** One request after the other, and none before the last answer has left: a slow reader holds up itself alone. */
  async #serve(socket: Socket): Promise<void> {
    for await (const line of linesOf(socket, MAX_REQUEST)) {
      const response = await answer(this.#handlers, line);
      if (response !== undefined) await send(socket, response);
    }
  }
}

const send = (socket: Socket, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.write(`${JSON.stringify(response)}\n`, (error) => (error ? reject(error) : resolve()));
  });
