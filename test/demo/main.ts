// `make demo`: the same cut twice, first with the kernel alone, then with subflowd.

import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { cut } from '../lab/cut.ts';
import { Daemon } from '../lab/daemon.ts';
import { Lab, tool, until } from '../lab/index.ts';
import { Requests } from '../lab/requests.ts';

const PORT = 7000;
const POLICY = fileURLToPath(new URL('../../../policies/laptop.yaml', import.meta.url));

type Gaps = readonly [number, number, number];

const title = (text: string): void => console.log(`\n${styleText('bold', text)}`);
const detail = (line: string): void => console.log(styleText('dim', `  ${line}`));

const newLab = async (log: (line: string) => void): Promise<Lab> => {
  const lab = await Lab.create({ families: ['ipv4'], log });
  await lab.server.spawn([tool('peer'), 'serve', '--port', String(PORT)]).line('ready');
  return lab;
};

/** Established subflows that leave by the client's interface `index`, as `ss` sees them. */
const subflowsFrom = async (lab: Lab, index: number): Promise<number> => {
  const address = lab.client.interfaces[index]?.ipv4 ?? '?';
  const sockets = await lab.client.sockets('subflows');
  return sockets.filter(({ state, local }) => state === 'ESTAB' && local.startsWith(address))
    .length;
};

const joined = (lab: Lab, index: number): Promise<boolean> =>
  until(`a subflow over path ${index}`, async () => (await subflowsFrom(lab, index)) === 1, 10_000);

const kernelAlone = async (): Promise<Gaps> => {
  title('1. The kernel alone: in-kernel path manager, wwan0 as backup endpoint');
  const lab = await newLab(detail);
  try {
    const backup = lab.client.interfaces[1]?.ipv4 ?? '';
    await lab.client.ip([`mptcp endpoint add ${backup} dev wwan0 id 1 subflow backup`]);
    const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
    await joined(lab, 1);
    title('   wlan0 is cut under request/response traffic');
    const gaps = await requests.around(() => cut(lab.client, 0));
    await requests.stop();
    return gaps;
  } finally {
    await lab.close();
  }
};

const withSubflowd = async (): Promise<Gaps> => {
  title('2. subflowd on the same hosts, with policies/laptop.yaml: wlan0 active, wwan0 backup');
  // The same commands once more would hide what the daemon says.
  const lab = await newLab(() => {});
  try {
    const daemon = await Daemon.start(lab.client, { policies: [POLICY], onLine: detail });
    const requests = await Requests.start(lab.client, { to: lab.address(), port: PORT });
    await joined(lab, 1);
    console.log(await daemon.ctl('status'));
    title('   wlan0 is cut under request/response traffic');
    const gaps = await requests.around(() => cut(lab.client, 0));
    title('   wlan0 comes back');
    await lab.client.restore(0);
    await joined(lab, 0);
    const before = await lab.client.packets(0);
    await until('data is back on wlan0', async () => {
      return (await lab.client.packets(0)).sent > before.sent + 20;
    });
    console.log(await daemon.ctl('status'));
    await requests.stop();
    await daemon.stop();
    return gaps;
  } finally {
    await lab.close();
  }
};

const row = (name: string, gaps: Gaps): string =>
  `  ${name.padEnd(26)}${gaps.map((gap) => `${gap.toFixed(1).padStart(9)} ms`).join('')}`;

const kernel = await kernelAlone();
const subflowd = await withSubflowd();
const factor = Math.max(...kernel) / Math.max(...subflowd);

title('The slowest request after the cut, and the two that follow');
console.log(row('in-kernel path manager', kernel));
console.log(row('subflowd', subflowd));
console.log(`\n  ${factor.toFixed(0)} times as fast`);
if (factor < 10) {
  console.error('the demo fails: subflowd should be at least ten times as fast');
  process.exitCode = 1;
}
