// MPTCP's counters, by the kernel's own names (net/mptcp/mib.c).

/** A counter that this kernel does not have is absent. */
export type Mib = Readonly<Record<string, number>>;

/** /proc/net/netstat: a line of names, then a line of values, both begin with the group. */
export function parseMib(netstat: string): Mib {
  const [names, values] = netstat
    .split('\n')
    .filter((line) => line.startsWith('MPTcpExt:'))
    .map((line) => line.split(' ').slice(1));
  if (!names || !values) return {};
  return Object.fromEntries(names.map((name, i) => [name, Number(values[i])]));
}
