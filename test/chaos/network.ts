// The network's faults, and the end of all of them.

import type { Lab } from '../lab/index.ts';
import type { Loss } from './schedule.ts';

export class Network {
  /** Losses and returns of a path; second addresses that came or went. */
  flaps = 0;
  addresses = 0;
  /** The kernel had no such thing any more: with an address its interface's others may go. */
  refused = 0;
  readonly #lab: Lab;
  /** What happens to a path happens in the order of the schedule. */
  readonly #tails: Promise<unknown>[];

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#tails = lab.paths.map(() => Promise.resolve());
  }

  /** Each second address has the source rule of the first. */
  async prepare(): Promise<void> {
    const rules = this.#lab.client.interfaces.map(
      ({ table }, path) => `rule add pref ${table} from ${this.#extra(path)} table ${table}`,
    );
    await this.#lab.client.ip(rules);
  }

  lose(path: number, how: Loss): void {
    this.flaps += 1;
    const { client, paths } = this.#lab;
    this.#do(path, async () => {
      if (how === 'down') await client.cut(path);
      else if (how === 'unplugged') await paths[path]?.unplug();
      else if (how === 'silent') await paths[path]?.silence();
      else await client.ip([`addr del ${this.#first(path)}/24 dev ${this.#name(path)}`]);
    });
  }

  return(path: number, how: Loss): void {
    const { client, paths } = this.#lab;
    this.#do(path, async () => {
      if (how === 'down') await client.restore(path);
      else if (how === 'unplugged') await paths[path]?.plug();
      else if (how === 'silent') await paths[path]?.resume();
      else await client.ip(this.#linesToReturn(path));
    });
  }

  extra(path: number, kind: 'extra-comes' | 'extra-goes'): void {
    this.addresses += 1;
    const verb = kind === 'extra-comes' ? 'replace' : 'del';
    const line = `addr ${verb} ${this.#extra(path)}/24 dev ${this.#name(path)}`;
    this.#do(path, () => this.#lab.client.ip([line]));
  }

  /** Every link up and every first address there. Second addresses stay as they are. */
  async calm(): Promise<void> {
    await Promise.all(this.#tails);
    for (const [path, each] of this.#lab.paths.entries()) {
      await each.plug();
      await each.resume();
      await this.#lab.client.ip(this.#linesToReturn(path));
    }
  }

  #do(path: number, work: () => Promise<unknown>): void {
    const attempt = async () => {
      try {
        await work();
      } catch {
        this.refused += 1;
      }
    };
    this.#tails[path] = this.#tails[path]?.then(attempt) ?? attempt();
  }

  #linesToReturn(path: number): string[] {
    const lines = this.#lab.client.interfaces[path]?.linesToRestore() ?? [];
    return [`addr replace ${this.#first(path)}/24 dev ${this.#name(path)}`, ...lines];
  }

  #name(path: number): string {
    return this.#lab.client.interfaces[path]?.name ?? '';
  }

  #first(path: number): string {
    return this.#lab.client.interfaces[path]?.ipv4 ?? '';
  }

  #extra(path: number): string {
    return this.#first(path).replace(/\d+$/, '77');
  }
}
