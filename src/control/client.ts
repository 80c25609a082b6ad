// The asking end of the control socket.

import { connect, type Socket } from 'node:net';
import { ControlError } from './errors.ts';
import { linesOf } from './lines.ts';
import { MAX_ANSWER, type Method, type Methods, type Request, type Response } from './protocol.ts';

/** How long an answer is waited for, in ms. */
const DEADLINE = 5_000;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class ControlClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  /** Rejects with a {@link ControlError} that says why no daemon can be asked. */
  static connect(path: string): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('connect', () => resolve(new ControlClient(socket)));
      socket.once('error', (error) => reject(explain(path, error)));
    });
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#receive().then(
      () => this.#end('subflowd closed the connection without an answer'),
      (error: Error) => this.#end(error.message),
    );
  }

  call<M extends Method>(
    method: M,
    params?: Methods[M]['params'],
    deadline: number = DEADLINE,
  ): Promise<Methods[M]['result']> {
    const request: Request = { jsonrpc: '2.0', id: this.#nextId++, method, params };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const message = `subflowd did not answer "${method}" within ${deadline} ms: look at its log`;
        waiting.reject(new ControlError('no-answer', message));
      }, deadline);
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(request.id);
      };
      const waiting: Waiting = {
        resolve: (result) => {
          settle();
          resolve(result as Methods[M]['result']);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiting.set(request.id, waiting);
      if (this.#socket.destroyed) this.#end('the connection is closed');
      else this.#socket.write(`${JSON.stringify(request)}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  async #receive(): Promise<void> {
    for await (const line of linesOf(this.#socket, MAX_ANSWER)) {
      if (line === undefined) throw new Error(`subflowd sent more than ${MAX_ANSWER} bytes`);
      this.#settle(JSON.parse(line) as Response);
    }
  }

  #settle(response: Response): void {
    if ('result' in response)
      return this.#waiting.get(Number(response.id))?.resolve(response.result);
    const { message } = response.error;
    const error = new ControlError('refused', `subflowd refused: ${message}`);
    if (response.id === null) this.#end(error.message);
    else this.#waiting.get(Number(response.id))?.reject(error);
  }

  #end(message: string): void {
    this.#socket.destroy();
    for (const { reject } of this.#waiting.values()) reject(new ControlError('no-answer', message));
  }
}

const explain = (path: string, { code, message }: NodeJS.ErrnoException): ControlError => {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ECONNREFUSED':
      return new ControlError(
        'no-daemon',
        `no subflowd runs in this network namespace (nothing answers at ${path}): start it with "subflowd run"`,
      );
    case 'EACCES':
    case 'EPERM':
      return new ControlError(
        'not-permitted',
        `not permitted to ask subflowd at ${path}: run as root, or as a member of the group of that file`,
      );
    case 'EAGAIN':
      return new ControlError('no-answer', `subflowd is too busy to answer at ${path}: try again`);
    default:
      return new ControlError('no-answer', `subflowd cannot be asked at ${path}: ${message}`);
  }
};
