// From the packet that makes a connection established to the MP_JOIN SYN, as a sniffer sees both.

import { Lab, tool } from '../lab/index.ts';
import { type Contestant, manage } from './contestants.ts';

export interface JoinLatency {
  readonly count: number;
  /** Microseconds. */
  readonly medianUs: number;
  readonly p99Us: number;
}

/** Connections one after the other, `count` of them after as many to warm up. */
export const joinLatency = async (contestant: Contestant, count: number): Promise<JoinLatency> => {
  const lab = await Lab.create({ families: ['ipv4'] });
  try {
    await lab.server.spawn([tool('peer'), 'serve', '--port', '7000']).line('ready');
    const running = await manage(lab, contestant);
    await sequence(lab, count);
    const sniffer = lab.client.spawn([tool('sniff')]);
    await sniffer.line('ready');
    await sequence(lab, count);
    sniffer.send('report');
    const report = JSON.parse(await sniffer.line('report', (line) => line.includes('median_us')));
    await running.stop();
    return { count: report.count, medianUs: report.median_us, p99Us: report.p99_us };
  } finally {
    await lab.close();
  }
};

/** Opens connections one after the other, each until its second subflow is there; returns how many got it. */
export const sequence = async (lab: Lab, count: number, deadlineMs = 1_000): Promise<number> => {
  const to = ['--to', lab.address(), '--port', '7000', '--deadline', String(deadlineMs)];
  const client = lab.client.spawn([tool('client'), 'sequence', '--count', String(count), ...to]);
  const line = await client.line('the sum', (text) => text.includes('"joined"'), 120_000);
  return (JSON.parse(line) as { joined: number }).joined;
};
