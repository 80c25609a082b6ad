// One emulated machine that boots a kernel, runs one shell command in the project's folder and goes off.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from '../lab/program.ts';
import { writeGuestInitramfs } from './initramfs.ts';
import type { KernelFiles } from './kernel-files.ts';
import { guarded } from './run.ts';
import { inScratch } from './scratch.ts';
import { shareFiles } from './shared-files.ts';

const QEMU = 'qemu-system-x86_64';
const MEMORY = '1G';
const PROJECT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
const INIT = join(PROJECT, 'test/kernels/init');

export interface Job {
  readonly kernel: KernelFiles;
  /** For `sh`, in the project's folder. */
  readonly command: string;
  readonly patience: number;
  /** `tcg`, which always works, or `kvm`. */
  readonly accelerator: string;
  /** From the start of the machine to the end of the command. */
  readonly limitMs: number;
}

/**
 * - `ended`: the command did, with this status.
 * - `late`: it ran, and was stopped at its limit.
 * - `died`: the machine never came to it, or went off under it.
 */
export type End =
  | { readonly kind: 'ended'; readonly status: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'died' };

export interface Outcome {
  readonly end: End;
  /** `6.1.0-56-cloud-amd64 #1 SMP … Debian 6.1.192-1 (…)`, as the guest said it. */
  readonly version: string;
  /** What the command printed. */
  readonly output: string;
  readonly kernelLog: string;
  /** What qemu complained about. */
  readonly complaints: readonly string[];
}

/** A machine that has not come to its command after so long will not. */
const BOOT_LIMIT_MS = 180_000;

export const runGuest = (job: Job): Promise<Outcome> =>
  inScratch(async (scratch) => {
    const at = (name: string) => join(scratch, name);
    await writeGuestInitramfs(job.kernel, ownFiles(job), at('initramfs'));
    const node = dirname(dirname(process.execPath));
    const files = await shareFiles(at('root'), at('files'), [PROJECT, job.kernel.directory, node]);
    try {
      const [qemu, killed] = await emulate(job, at);
      const output = contents(at('output'));
      return {
        end: endOf(output, killed),
        version: /^# kernel (.*)$/m.exec(output)?.[1] ?? '',
        output,
        kernelLog: contents(at('console')),
        complaints: [...qemu.errors, ...files.errors],
      };
    } finally {
      files.kill();
      await files.exited;
    }
  });

/** Returns when the machine is off; `true` if it was at a limit. */
const emulate = async (
  { kernel, accelerator, limitMs }: Job,
  at: At,
): Promise<[Program, boolean]> => {
  const argv = [QEMU, ...machine(accelerator), ...devices(at), ...boot(kernel, at)];
  const qemu = new Program('qemu', guarded(argv));
  let killed = false;
  const kill = () => {
    killed = true;
    qemu.kill();
  };
  const limit = setTimeout(kill, limitMs);
  const bootLimit = setTimeout(() => contents(at('output')) === '' && kill(), BOOT_LIMIT_MS);
  await qemu.exited;
  clearTimeout(limit);
  clearTimeout(bootLimit);
  return [qemu, killed];
};

const endOf = (output: string, killed: boolean): End => {
  const status = /^# status (\d+)$/m.exec(output.slice(-64))?.[1];
  if (status !== undefined) return { kind: 'ended', status: Number(status) };
  return { kind: killed && output !== '' ? 'late' : 'died' };
};

const ownFiles = ({ kernel, command, patience }: Job): Record<string, string> => {
  const settings = {
    MODULES: kernel.modules,
    PROJECT,
    NODE: dirname(process.execPath),
    JOB: command,
    PATIENCE: String(patience),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}\n`);
  return { init: readFileSync(INIT, 'utf8'), settings: lines.join('') };
};

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Its memory is shared because virtiofsd writes into it. */
const machine = (accelerator: string): string[] => [
  ...['-accel', accelerator === 'tcg' ? 'tcg,thread=multi' : accelerator],
  // Five levels of page tables cost an emulator time and are of no use here.
  ...['-cpu', accelerator === 'tcg' ? 'max,la57=off' : 'host', '-m', MEMORY],
  ...['-object', `memory-backend-memfd,id=memory,size=${MEMORY},share=on`],
  ...['-machine', 'q35,memory-backend=memory'],
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
];

type At = (name: string) => string;

/** Two serial ports: the kernel's console and the command's output do not mix. */
const devices = (at: At): string[] => [
  ...['-serial', `file:${at('console')}`, '-serial', `file:${at('output')}`],
  ...['-device', 'virtio-rng-pci', '-chardev', `socket,id=files,path=${at('files')}`],
  ...['-device', 'vhost-user-fs-pci,queue-size=1024,chardev=files,tag=host'],
];

/** The log is on the console as it comes: a kernel that dies has said why. */
const boot = (kernel: KernelFiles, at: At): string[] => [
  ...['-kernel', kernel.vmlinuz, '-initrd', at('initramfs')],
  ...[
    '-append',
    'console=ttyS0 loglevel=7 panic=-1 mitigations=off tsc=reliable random.trust_cpu=on',
  ],
];

const contents = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
