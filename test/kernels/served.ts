// Which kernels an archive has, read from the names of its packages.

/** `6.1.0-56-cloud-amd64`: what `uname -r` says in it. */
export type Release = string;

export interface ServedKernel {
  /** `6.1` */
  readonly series: string;
  readonly release: Release;
  readonly packages: readonly string[];
}

/** A third of the size of the others, and has all but sound, graphics and the like. */
const FLAVOUR = 'cloud-amd64';

const PACKAGE = new RegExp(
  `^linux-(image|binary|modules)-((\\d+\\.\\d+)\\.\\d+(?:[-+][0-9a-z.+-]+)?-${FLAVOUR})$`,
);

type Part = 'image' | 'binary' | 'modules';

/** All that can be booted, oldest first. */
export const servedKernels = (names: readonly string[]): ServedKernel[] => {
  const parts = new Map<Release, Map<Part, string>>();
  for (const name of names) {
    const [, part, release] = PACKAGE.exec(name) ?? [];
    if (part === undefined || release === undefined) continue;
    const found = parts.get(release) ?? new Map<Part, string>();
    parts.set(release, found.set(part as Part, name));
  }
  return [...parts]
    .flatMap(([release, found]) => {
      const packages = wholeKernel(found);
      return packages ? [{ series: seriesOf(release), release, packages }] : [];
    })
    .sort((a, b) => compareReleases(a.release, b.release));
};

/**
 * Since 6.19 the image is a package that only depends on others, and an archive may have dropped some of those: without
 * its modules a kernel has neither namespaces' links nor a root here.
 */
const wholeKernel = (parts: ReadonlyMap<Part, string>): string[] | undefined => {
  const image = parts.get('image');
  const binary = parts.get('binary');
  const modules = parts.get('modules');
  if (binary !== undefined) return modules === undefined ? undefined : [binary, modules];
  return image === undefined ? undefined : [image];
};

const seriesOf = (release: Release): string => /^\d+\.\d+/.exec(release)?.[0] ?? release;

/** As people count: 6.12.9 is older than 6.12.118. */
const compareReleases = (a: Release, b: Release): number =>
  a.localeCompare(b, 'en', { numeric: true });

export const NEWEST = 'newest';

/** The newest kernel of a series, or the newest of all. */
export const chooseKernel = (
  served: readonly ServedKernel[],
  wanted: string,
): ServedKernel | undefined =>
  served.findLast(({ series, release }) => [NEWEST, series, release].includes(wanted));
