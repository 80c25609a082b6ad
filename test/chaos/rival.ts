// Another process that edits the table of endpoints, by `ip mptcp endpoint`.

import type { Random } from '../../src/testing/random.ts';
import type { Host, Program } from '../lab/index.ts';

const IDS = [1, 2, 3, 4];
const FLAGS = ['subflow', 'signal', 'subflow backup', 'subflow fullmesh'];

/** What it has had from the beginning, and never touches: nobody else may either. */
export const BYSTANDER = ['10.66.0.200', 'id', '200', 'signal'] as const;

const any = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;

/** Adds, deletes and changes its own; nothing that it says depends on what the table holds. */
export const editOwn = (random: Random): string => {
  const id = any(random, IDS);
  switch (Math.floor(random() * 4)) {
    case 0:
    case 1:
      return `add 10.66.0.${id} id ${id} ${any(random, FLAGS)}`;
    case 2:
      return `delete id ${id}`;
    default:
      return `change id ${id} ${any(random, ['backup', 'nobackup'])}`;
  }
};

/** The ids that subflowd takes, and its addresses: those are deleted, changed and taken by somebody else as well. */
export const editOurs = (addresses: readonly string[]) => (random: Random) => {
  if (random() < 0.5) return editOwn(random);
  const id = 32 + Math.floor(random() * 4);
  switch (Math.floor(random() * 3)) {
    case 0:
      return `delete id ${id}`;
    case 1:
      return `change id ${id} ${any(random, ['backup', 'nobackup'])}`;
    default:
      return `add ${any(random, addresses)} id ${any(random, IDS)} ${any(random, FLAGS)}`;
  }
};

export class Rival {
  edits = 0;
  readonly #host: Host;
  readonly #program: Program;

  static async start(host: Host): Promise<Rival> {
    await host.ip([`mptcp endpoint add ${BYSTANDER.join(' ')}`]);
    return new Rival(host);
  }

  private constructor(host: Host) {
    this.#host = host;
    // One process for all of them, which goes on after a refusal.
    this.#program = host.spawn(['ip', '-force', '-batch', '-']);
  }

  edit(words: string): void {
    this.edits += 1;
    this.#program.send(`mptcp endpoint ${words}`);
  }

  /** How many of its edits the kernel has refused: what it deletes may not be there. */
  get refused(): number {
    return this.#program.errors.filter((line) => line.startsWith('Command failed')).length;
  }

  /** Takes back what is its own, but for the bystander. */
  async leave(): Promise<void> {
    await this.#program.stop();
    const table = await this.#host.exec(['ip', 'mptcp', 'endpoint', 'show']);
    const ids = [...table.matchAll(/ id (\d+) /g)].map(([, id]) => Number(id));
    const own = ids.filter((id) => IDS.includes(id));
    await this.#host.ip(own.map((id) => `mptcp endpoint delete id ${id}`));
  }
}
