// One line from a client to the line that answers it. Whatever it is, it is answered, and nothing is thrown.

import {
  ErrorCode,
  MAX_REQUEST,
  type Method,
  type Methods,
  type Request,
  type Response,
} from './protocol.ts';

export type Handlers = {
  readonly [M in Method]: (
    params: Methods[M]['params'],
  ) => Methods[M]['result'] | Promise<Methods[M]['result']>;
};

/** Undefined where none is due: for a notification, which has no id. `line` is undefined where it was too long. */
export const answer = async (
  handlers: Handlers,
  line: string | undefined,
): Promise<Response | undefined> => {
  if (line === undefined) {
    return failure(null, 'invalidRequest', `a request may have ${MAX_REQUEST} bytes`);
  }
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch (error) {
    return failure(null, 'parseError', (error as Error).message);
  }
  if (!isRequest(request)) {
    return failure(null, 'invalidRequest', 'expected one JSON-RPC 2.0 request a line');
  }
  const response = await call(handlers, request);
  return request.id === undefined ? undefined : response;
};

const call = async (
  handlers: Handlers,
  { id = null, method, params }: Incoming,
): Promise<Response> => {
  if (!Object.hasOwn(handlers, method)) {
    const known = Object.keys(handlers).join(', ');
    return failure(id, 'methodNotFound', `no method "${method}": expected ${known}`);
  }
  const handler: (params: never) => unknown = handlers[method as Method];
  try {
    return { jsonrpc: '2.0', id, result: await handler(params as never) };
  } catch (error) {
    return failure(id, 'internalError', (error as Error).message);
  }
};

type Incoming = Omit<Request, 'id'> & { readonly id?: number | string | null };

const isRequest = (value: unknown): value is Incoming => {
  if (typeof value !== 'object' || value === null) return false;
  const { jsonrpc, id, method } = value as Record<string, unknown>;
  const isId = id === undefined || id === null || typeof id === 'number' || typeof id === 'string';
  return jsonrpc === '2.0' && typeof method === 'string' && isId;
};

const failure = (
  id: number | string | null,
  code: keyof typeof ErrorCode,
  message: string,
): Response => ({ jsonrpc: '2.0', id, error: { code: ErrorCode[code], message } });
