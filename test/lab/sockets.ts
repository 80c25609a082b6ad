// What `ss -nOH` prints, one socket a line: an observer that is not our code.

export interface Socket {
  readonly state: string;
  readonly local: string;
  readonly remote: string;
  /** `token:1a2b(id:0)/3c4d(id:1)` and so on: words with a colon, by what stands before it. */
  readonly details: Readonly<Record<string, string>>;
  readonly line: string;
}

export function parseSockets(output: string): Socket[] {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [state = '', , , local = '', remote = '', ...words] = line.trim().split(/\s+/);
      const details = words
        .map((word) => /^([a-z_]+):(.*)$/.exec(word))
        .filter((match) => match !== null)
        .map(([, name = '', value = '']) => [name, value] as const);
      return { state, local, remote, details: Object.fromEntries(details), line: line.trim() };
    });
}
