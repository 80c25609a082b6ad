// Who manages the paths in a bench: the kernel itself, subflowd, or the bare loop.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Daemon } from '../lab/daemon.ts';
import { type Lab, until } from '../lab/index.ts';

export type Contestant = 'kernel' | 'subflowd' | 'bare loop';

export interface Running {
  /** Of the process that manages; undefined for the kernel. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Has `contestant` join the lab's second path, as an active or as a backup one. */
export const manage = (lab: Lab, contestant: Contestant, role: 'active' | 'backup' = 'active') => {
  if (contestant === 'kernel') return manageInKernel(lab, role);
  return contestant === 'subflowd' ? manageBySubflowd(lab, role) : manageBare(lab);
};

const secondAddress = (lab: Lab): string => lab.client.interfaces[1]?.ipv4 ?? '';

const manageInKernel = async (lab: Lab, role: 'active' | 'backup'): Promise<Running> => {
  const flags = role === 'backup' ? 'subflow backup' : 'subflow';
  await lab.client.ip([`mptcp endpoint add ${secondAddress(lab)} dev wwan0 ${flags}`]);
  return { pid: undefined, stop: () => lab.client.ip(['mptcp endpoint flush']) };
};

const manageBySubflowd = async (lab: Lab, role: 'active' | 'backup'): Promise<Running> => {
  const directory = mkdtempSync(join(tmpdir(), 'subflowd-bench-'));
  const policy = join(directory, 'bench.yaml');
  writeFileSync(policy, policyText(role));
  const daemon = await Daemon.start(lab.client, { policies: [policy] });
  return {
    pid: daemon.program.pid,
    stop: async () => {
      await daemon.stop();
      rmSync(directory, { recursive: true });
    },
  };
};

const policyText = (role: 'active' | 'backup'): string => `
interface: { name: "wlan*" }
role: active
ready: { settle: 0s }
---
interface: { name: "wwan*" }
role: ${role}
`;

const manageBare = async (lab: Lab): Promise<Running> => {
  await lab.client.pathManager('userspace');
  const loop = fileURLToPath(new URL('./bare-loop.js', import.meta.url));
  const index = (await lab.client.exec(['ip', '-o', 'link', 'show', 'wwan0'])).split(':')[0] ?? '';
  const program = lab.client.spawn([process.execPath, loop, secondAddress(lab), index]);
  await until('the bare loop is ready', () => program.errors.includes('ready'), 5_000);
  return {
    pid: program.pid,
    stop: async () => {
      await program.stop();
      await lab.client.pathManager('kernel');
    },
  };
};
