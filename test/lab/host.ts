// A host of the lab: a network namespace, what runs in it and what it looks like.

import { Interface, type InterfaceSettings } from './interface.ts';
import { type Mib, parseMib } from './mib.ts';
import { type PathManager, pathManagerSysctl } from './path-manager.ts';
import { Program, type ProgramOptions } from './program.ts';
import { run } from './run.ts';
import { Script, type SysctlValues, sysctlPath } from './script.ts';
import { parseSockets, type Socket } from './sockets.ts';

export type Log = (line: string) => void;

export class Host {
  /** `client`, `server`, `middle`. */
  readonly name: string;
  /** As `ip netns` knows it. */
  readonly namespace: string;
  /** The file that stands for the namespace: for `nsenter --net=` and `setns(2)`. */
  readonly netns: string;
  readonly interfaces: Interface[] = [];
  readonly #log: Log;
  readonly #programs = new Set<Program>();

  constructor(name: string, namespace: string, log: Log) {
    this.name = name;
    this.namespace = namespace;
    this.netns = `/run/netns/${namespace}`;
    this.#log = log;
  }

  /** Runs a command to its end; returns its standard output. */
  exec(argv: readonly string[], input?: string): Promise<string> {
    this.#log(`${this.name}: ${argv.join(' ')}`);
    return this.#inside(argv, input);
  }

  /** Starts a program that ends with the lab, also when the lab's process is killed. */
  spawn(argv: readonly string[], options?: ProgramOptions): Program {
    this.#log(`${this.name}: ${argv.join(' ')} &`);
    const guarded = [...this.#enter(), 'setpriv', '--pdeathsig', 'KILL', ...argv];
    const program = new Program(`${this.name}: ${argv[0] ?? ''}`, guarded, options);
    this.#programs.add(program);
    void program.exited.then(() => this.#programs.delete(program));
    return program;
  }

  async run(script: Script): Promise<void> {
    for (const command of script.commands) this.#log(`${this.name}: ${command}`);
    await this.#inside(['sh'], script.toString());
  }

  /** Runs `ip` once for all the lines. */
  async ip(lines: readonly string[]): Promise<void> {
    await this.run(new Script().ip(lines));
  }

  /** Reads a sysctl, or writes it. */
  async sysctl(name: string, value?: string | number): Promise<string> {
    if (value === undefined) return (await this.exec(['cat', sysctlPath(name)])).trim();
    await this.run(new Script().sysctl({ [name]: value }));
    return String(value);
  }

  /** Which path manager new connections get; sets it where one is given. */
  async pathManager(manager?: PathManager): Promise<PathManager> {
    const [name, value] = pathManagerSysctl(manager ?? 'userspace');
    if (manager === undefined) return (await this.sysctl(name)) === value ? 'userspace' : 'kernel';
    await this.sysctl(name, value);
    return manager;
  }

  /** Gives the host interfaces that exist already: their addresses, rules and routes. */
  async configure(sysctls: SysctlValues, settings: readonly InterfaceSettings[]): Promise<void> {
    const added = settings.map((one, i) => new Interface(this.interfaces.length + i, one));
    this.interfaces.push(...added);
    const script = new Script().sysctl(sysctls);
    for (const one of added) script.sysctl(one.sysctls());
    script.ip(['link set lo up', ...added.flatMap((one) => one.linesToAdd())]);
    script.ip(
      added.flatMap((one) => one.ruleLines('ipv6')),
      '-6',
    );
    await this.run(script);
  }

  /** Sets the interface down: carrier and routes go, and the addresses of IPv6. */
  async cut(index: number): Promise<void> {
    await this.ip([`link set ${this.#interface(index).name} down`]);
  }

  /** Sets it up again, and puts back all that the kernel dropped with the link. */
  async restore(index: number): Promise<void> {
    await this.ip(this.#interface(index).linesToRestore());
  }

  /** The namespace's MPTCP counters (MPTcpExt of /proc/net/netstat), by the kernel's names. */
  async mib(): Promise<Mib> {
    return parseMib(await this.#inside(['cat', '/proc/net/netstat']));
  }

  /** MPTCP's subflows (and plain TCP), or the MPTCP sockets themselves, as `ss` shows them. */
  async sockets(of: 'subflows' | 'connections'): Promise<Socket[]> {
    return parseSockets(await this.#inside(['ss', of === 'subflows' ? '-tniOH' : '-MniOH']));
  }

  /** Packets that left and came by an interface since it was made. */
  async packets(index: number): Promise<{ sent: number; received: number }> {
    const { name } = this.#interface(index);
    const table = await this.#inside(['cat', '/proc/net/dev']);
    const row = table.split('\n').find((line) => line.trim().startsWith(`${name}:`));
    const fields = row?.split(':')[1]?.trim().split(/\s+/).map(Number) ?? [];
    return { received: fields[1] ?? 0, sent: fields[9] ?? 0 };
  }

  async stopPrograms(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program.stop()));
  }

  killPrograms(): void {
    for (const program of this.#programs) program.kill();
  }

  #interface(index: number): Interface {
    const found = this.interfaces[index];
    if (!found) throw new RangeError(`${this.name} has no interface ${index}`);
    return found;
  }

  // Not `ip netns exec`: that mounts a new /sys for every command.
  // A test runner has its own wishes for every node below it: what runs here is as a user starts it.
  #enter(): string[] {
    return ['nsenter', `--net=${this.netns}`, '--', 'env', '--unset=NODE_OPTIONS'];
  }

  #inside(argv: readonly string[], input?: string): Promise<string> {
    return run([...this.#enter(), ...argv], input);
  }
}
