// A kernel of the archive, unpacked into the cache: what boots, its modules, and whether it has MPTCP.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Archive } from './archive.ts';
import { writeInitramfs } from './initramfs.ts';
import { run } from './run.ts';
import type { ServedKernel } from './served.ts';

export class KernelFiles {
  readonly release: string;
  readonly directory: string;

  constructor(release: string, directory: string) {
    this.release = release;
    this.directory = directory;
  }

  /** As Debian packages it: `lib/modules/RELEASE`. */
  get modules(): string {
    return join(this.directory, 'lib/modules');
  }

  get vmlinuz(): string {
    return join(this.directory, 'vmlinuz');
  }

  /** What a guest needs before it sees the host's files. */
  get initramfs(): string {
    return join(this.directory, 'initramfs');
  }

  /** MPTCP itself is no module, but what lists its sockets is. */
  get hasMptcp(): boolean {
    const index = join(this.modules, this.release, 'modules.dep');
    return readFileSync(index, 'utf8').includes('/mptcp_diag.ko');
  }
}

/** Downloads and unpacks it, unless `cache` has it already. */
export const fetchKernel = async (
  archive: Archive,
  { release, packages }: ServedKernel,
  cache: string,
): Promise<KernelFiles> => {
  const kernel = new KernelFiles(release, join(cache, 'kernels', release));
  if (existsSync(kernel.directory)) return kernel;
  const unpacked = new KernelFiles(release, `${kernel.directory}.unpacking`);
  rmSync(unpacked.directory, { recursive: true, force: true });
  mkdirSync(unpacked.directory, { recursive: true });
  await archive.download(packages);
  for (const name of packages) await unpack(archive.packages, name, unpacked.directory);
  await arrange(unpacked);
  // Whole, or not there.
  renameSync(unpacked.directory, kernel.directory);
  return kernel;
};

const unpack = async (packages: string, name: string, into: string): Promise<void> => {
  for (const file of readdirSync(packages).filter((one) => one.startsWith(`${name}_`))) {
    await run(['dpkg-deb', '-x', join(packages, file), into]);
    rmSync(join(packages, file));
  }
};

const arrange = async (kernel: KernelFiles): Promise<void> => {
  const at = (path: string) => join(kernel.directory, path);
  if (existsSync(at('usr/lib/modules'))) {
    mkdirSync(at('lib'), { recursive: true });
    renameSync(at('usr/lib/modules'), kernel.modules);
  }
  const places = [`boot/vmlinuz-${kernel.release}`, `lib/modules/${kernel.release}/vmlinuz`];
  const place = places.find((path) => existsSync(at(path)));
  if (place === undefined) throw new Error(`${kernel.release}: no vmlinuz in its packages`);
  renameSync(at(place), kernel.vmlinuz);
  for (const left of ['boot', 'usr']) rmSync(at(left), { recursive: true, force: true });
  // Here it takes seconds; in a guest, each time anew, and older kernels take no compressed module at all.
  await run(['sh', '-c', "find lib -name '*.ko.xz' | xargs -r busybox unxz"], {
    cwd: kernel.directory,
  });
  await run(['busybox', 'depmod', '-b', kernel.directory, kernel.release]);
  await writeInitramfs(kernel);
};
