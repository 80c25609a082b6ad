// Commands for one run of a shell: starting a process from Node takes longer than most of them.

export type SysctlValues = Readonly<Record<string, string | number>>;

export class Script {
  /** What the log shows of it. */
  readonly commands: string[] = [];
  #text = 'set -e\n';

  /** For one `ip -batch`; only the rules of IPv6 need `-6`. */
  ip(lines: readonly string[], family: '' | '-6' = ''): this {
    if (lines.length === 0) return this;
    const ip = family ? `ip ${family}` : 'ip';
    this.commands.push(...lines.map((line) => `${ip} ${line}`));
    this.#text += `${ip} -batch - <<'END'\n${lines.join('\n')}\nEND\n`;
    return this;
  }

  sysctl(values: SysctlValues): this {
    for (const [name, value] of Object.entries(values)) {
      this.commands.push(`sysctl ${name}=${value}`);
      this.#text += `echo '${value}' > ${sysctlPath(name)}\n`;
    }
    return this;
  }

  toString(): string {
    return this.#text;
  }
}

/** Dots, or slashes where the name of an interface has a dot. */
export const sysctlPath = (name: string): string =>
  `/proc/sys/${name.includes('/') ? name : name.replaceAll('.', '/')}`;
