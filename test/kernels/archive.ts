// Debian's archive through the machine's own mirrors, with lists and a cache of apt's that are private to this.

import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

/** What has kernels of its own. A suite that is not served any more is left out. */
const SUITES = ['bookworm', 'bookworm-backports', 'trixie', 'trixie-backports', 'forky', 'sid'];
const SECURITY_SUITES = ['bullseye-security', 'bookworm-security', 'trixie-security'];

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const LISTS_ARE_GOOD_FOR_MS = 12 * 3_600_000;

export class Archive {
  readonly #directory: string;

  /** `directory` has the lists, and the packages that were downloaded. */
  constructor(directory: string) {
    this.#directory = directory;
    for (const path of ['lists/partial', 'cache/archives/partial', 'packages'])
      mkdirSync(this.#at(path), { recursive: true });
  }

  /** Where `download` puts packages. */
  get packages(): string {
    return this.#at('packages');
  }

  /** The names of all packages of Linux. */
  async names(): Promise<string[]> {
    await this.#update();
    const names = await run(['apt-cache', ...this.#options, 'pkgnames', 'linux-']);
    if (names === '') {
      rmSync(this.#sources);
      throw new Error('no list of packages could be had: is the mirror there?');
    }
    return names.split('\n');
  }

  async download(packages: readonly string[]): Promise<void> {
    const argv = ['apt-get', ...this.#options, '-qq', 'download', ...packages];
    await run(argv, { cwd: this.packages, limitMs: 900_000 });
  }

  async #update(): Promise<void> {
    const listed = statSync(this.#sources, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - listed < LISTS_ARE_GOOD_FOR_MS) return;
    writeFileSync(this.#sources, sourcesList(await mirrors()));
    // One suite that is not served fails it as a whole, but not the others.
    await run(['apt-get', ...this.#options, '-qq', 'update'], { limitMs: 300_000 }).catch(() => {});
  }

  /** As old as the lists. */
  get #sources(): string {
    return this.#at('sources.list');
  }

  get #options(): string[] {
    const settings = {
      'Dir::State::Lists': this.#at('lists'),
      'Dir::Cache': this.#at('cache'),
      // What is installed here is not therefore served.
      'Dir::State::status': '/dev/null',
      'Dir::Etc::SourceList': this.#sources,
      'Dir::Etc::SourceParts': '/dev/null',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '2',
      'Acquire::http::Timeout': '30',
      // The user _apt may not write below a home directory.
      'APT::Sandbox::User': 'root',
    };
    return Object.entries(settings).map(([name, value]) => `-o${name}=${value}`);
  }

  #at(path: string): string {
    return join(this.#directory, path);
  }
}

interface Mirrors {
  readonly main: string;
  readonly security: string;
}

/** Those that the machine's apt is set up with. */
const mirrors = async (): Promise<Mirrors> => {
  const format = '$(ORIGIN) $(CODENAME) $(REPO_URI)';
  const targets = await run([
    'apt-get',
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
  ]);
  const debian = targets
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([origin]) => origin === 'Debian');
  const isSecurity = ([, codename = '']: readonly string[]) => codename.endsWith('-security');
  const main = debian.find((target) => !isSecurity(target))?.[2];
  if (main === undefined)
    throw new Error("apt knows no mirror of Debian's (is this Debian? `apt-get update` first)");
  const beside = main.replace(/debian\/?$/, 'debian-security');
  return { main, security: debian.find(isSecurity)?.[2] ?? beside };
};

const sourcesList = ({ main, security }: Mirrors): string => {
  const line = (uri: string) => (suite: string) =>
    `deb [arch=amd64 signed-by=${KEYRING}] ${uri} ${suite} main\n`;
  return [...SUITES.map(line(main)), ...SECURITY_SUITES.map(line(security))].join('');
};
