// Ten thousand connections as fast as one client can: how long until all have their second subflow?

import { Lab, tool, until } from '../lab/index.ts';
import { type Contestant, manage } from './contestants.ts';
import { sequence } from './join-latency.ts';

export interface Storm {
  /** Second subflows, seen by the server's kernel. */
  readonly joined: number;
  readonly seconds: number;
  /** Of twenty connections opened afterwards. */
  readonly later: number;
}

const LATER = 20;

export const storm = async (contestant: Contestant, connections: number): Promise<Storm> => {
  const lab = await Lab.create({ families: ['ipv4'] });
  try {
    await lab.server.spawn([tool('peer'), 'serve', '--port', '7000', '--ports', '8']).line('ready');
    const running = await manage(lab, contestant);
    const began = performance.now();
    const to = ['--to', lab.address(), '--port', '7000', '--ports', '8'];
    const client = lab.client.spawn([
      ...[tool('client'), 'storm', '--count', String(connections), '--hold'],
      ...to,
    ]);
    const joins = async () => (await lab.server.mib())['MPJoinAckRx'] ?? 0;
    const joined = await until('all have joined', joins, 60_000, (n) => n >= connections).catch(
      joins,
    );
    const seconds = (performance.now() - began) / 1_000;
    const later = await sequence(lab, LATER);
    client.send('quit');
    await client.exited;
    await running.stop();
    return { joined, seconds, later };
  } finally {
    await lab.close();
  }
};
