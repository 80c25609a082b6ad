// The host's files for one guest: virtiofsd, which sees them read-only in a mount namespace of its own.

import { existsSync, mkdirSync } from 'node:fs';
import { Program } from '../lab/program.ts';
import { until } from '../lab/until.ts';
import { guarded } from './run.ts';

/** Debian 12 has it within qemu, later ones in a package of its own. Both know the older one's options. */
const PLACES = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd'];

/** Every word after the first three is a folder that may be a mount of its own, and so not part of `/`. */
const SCRIPT = `
mount --bind / "$1"
mount -o remount,bind,ro "$1"
root=$1 socket=$2 virtiofsd=$3
shift 3
for directory; do
  mount --bind "$directory" "$root$directory"
  mount -o remount,bind,ro "$root$directory"
done
exec "$virtiofsd" --socket-path="$socket" -o source="$root" -o cache=always -o sandbox=chroot
`;

/** Gathers them at `root`. Returns once qemu can connect to `socket`; ends when qemu does. */
export const shareFiles = async (
  root: string,
  socket: string,
  directories: readonly string[],
): Promise<Program> => {
  const virtiofsd = PLACES.find((path) => existsSync(path));
  if (virtiofsd === undefined) throw new Error(`no virtiofsd: looked for ${PLACES.join(', ')}`);
  mkdirSync(root);
  const alone = ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc', SCRIPT, 'sh'];
  const argv = [...alone, root, socket, virtiofsd, ...directories];
  const program = new Program('virtiofsd', guarded(argv));
  await until(
    'virtiofsd listens',
    () => {
      if (program.running) return existsSync(socket);
      throw new Error(program.errors.join('\n'));
    },
    20_000,
  );
  return program;
};
