// What connections cost: resident memory of the daemon, from the kernel's own figure.

import { readFileSync } from 'node:fs';
import { Lab, tool, until } from '../lab/index.ts';
import { manage } from './contestants.ts';

export interface Memory {
  /** Growth over `churned` connections that were opened and closed, after a warm-up; in MB. */
  readonly churnMb: number;
  /** Growth while `live` connections are open; in MB. */
  readonly liveMb: number;
}

const residentMb = (pid: number): number => {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
};

export const memory = async (warmUp: number, churned: number, live: number): Promise<Memory> => {
  const lab = await Lab.create({ families: ['ipv4'] });
  try {
    await lab.server.spawn([tool('peer'), 'serve', '--port', '7000', '--ports', '8']).line('ready');
    const running = await manage(lab, 'subflowd');
    const pid = running.pid ?? 0;
    const to = ['--to', lab.address(), '--port', '7000', '--ports', '8'];
    const churn = async (count: number) => {
      const role = [tool('client'), 'churn', '--window', '32', '--count', String(count)];
      await lab.client.spawn([...role, ...to]).line('the sum', undefined, 300_000);
    };
    await churn(warmUp);
    const warm = residentMb(pid);
    await churn(churned);
    const churnMb = residentMb(pid) - warm;

    const before = residentMb(pid);
    const joins = async () => (await lab.server.mib())['MPJoinAckRx'] ?? 0;
    const already = await joins();
    const holder = lab.client.spawn([
      ...[tool('client'), 'storm', '--hold', '--count', String(live)],
      ...to,
    ]);
    await until('all have joined', joins, 60_000, (n) => n >= already + live);
    const liveMb = residentMb(pid) - before;
    holder.send('quit');
    await holder.exited;
    await running.stop();
    return { churnMb, liveMb };
  } finally {
    await lab.close();
  }
};
