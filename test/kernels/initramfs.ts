// The first files of a guest: a static busybox, and the modules that it takes to reach the host's files.

import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KernelFiles } from './kernel-files.ts';
import { run } from './run.ts';
import { inScratch } from './scratch.ts';

const BUSYBOX = '/bin/busybox';
const EARLY_MODULES = ['virtio_pci', 'virtio_rng', 'virtiofs', 'overlay'];

/** What is the same for all guests of a kernel. */
export const writeInitramfs = (kernel: KernelFiles): Promise<void> =>
  inScratch(async (scratch) => {
    const to = `lib/modules/${kernel.release}`;
    const index = join(kernel.modules, kernel.release, 'modules.dep');
    for (const path of withDependencies(readFileSync(index, 'utf8'))) {
      mkdirSync(join(scratch, to, dirname(path)), { recursive: true });
      copyFileSync(join(kernel.modules, kernel.release, path), join(scratch, to, path));
    }
    await run(['busybox', 'depmod', '-b', scratch, kernel.release]);
    mkdirSync(join(scratch, 'bin'));
    copyFileSync(BUSYBOX, join(scratch, 'bin/busybox'));
    await pack(scratch, kernel.initramfs);
  });

/** That and one guest's own files: the kernel unpacks archives one after the other. */
export const writeGuestInitramfs = (
  kernel: KernelFiles,
  files: Readonly<Record<string, string>>,
  path: string,
): Promise<void> =>
  inScratch(async (scratch) => {
    const own = join(scratch, 'own');
    mkdirSync(own);
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(own, name), text, { mode: 0o755 });
    await pack(own, join(scratch, 'archive'));
    copyFileSync(kernel.initramfs, path);
    appendFileSync(path, readFileSync(join(scratch, 'archive')));
  });

/** A line is `kernel/fs/fuse/virtiofs.ko.xz: kernel/fs/fuse/fuse.ko.xz …`: all that it takes. Built in means no line. */
const withDependencies = (index: string): Set<string> => {
  const isEarly = (line: string) =>
    EARLY_MODULES.some((name) => new RegExp(`/${name}\\.ko[.a-z]*:`).test(line));
  const lines = index.split('\n').filter(isEarly);
  return new Set(
    lines
      .flatMap((line) => line.split(/:? /).map((path) => path.replace(/:$/, '')))
      .filter(Boolean),
  );
};

const pack = async (directory: string, to: string): Promise<void> => {
  const script = 'cd "$1" && find . | cpio --create --format=newc --owner=0:0 --quiet > "$2"';
  await run(['sh', '-euc', script, 'sh', directory, to]);
};
