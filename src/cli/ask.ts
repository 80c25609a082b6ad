// One question to the daemon of this network namespace.

import { ControlClient, findSocket, type Method, type Methods } from '../control/index.ts';

export interface RuntimeOption {
  readonly runtime?: string;
}

export const ask = async <M extends Method>(
  { runtime }: RuntimeOption,
  method: M,
): Promise<Methods[M]['result']> => {
  const client = await ControlClient.connect(findSocket(runtime));
  try {
    return await client.call(method);
  } finally {
    client.close();
  }
};
