// Interface names with wildcards, as fnmatch(3) has them: `*`, `?`, `[a-z]`, `[!a-z]`.
// An own matcher, because those for paths give a dot, a slash and braces a meaning that interface names lack.

export interface Glob {
  readonly text: string;
  /** Without any wildcard: it names one interface. */
  readonly literal: boolean;
  matches(name: string): boolean;
}

/** One character of the name, or `*`: any number of them. */
type Part = '*' | ((character: string) => boolean);

/** IFNAMSIZ without the terminating NUL. */
const MAX_NAME_BYTES = 15;

/** Throws an Error that says what is wrong with the text. */
export const compileGlob = (text: string): Glob => {
  const literal = !/[*?[]/.test(text);
  check(text, literal);
  const parts = parse([...text]);
  return { text, literal, matches: (name) => match(parts, [...name]) };
};

const check = (text: string, literal: boolean): void => {
  if (text === '') throw new Error('an interface name cannot be empty');
  if (text.startsWith('!')) {
    throw new Error(
      '"!" does not exclude: name what is meant, or put an earlier document before it',
    );
  }
  if (/[\s,]/.test(text)) {
    throw new Error('no interface name has a blank or a comma in it: a list is [wlan0, wwan0]');
  }
  if (/[/:]/.test(text) || text === '.' || text === '..') {
    throw new Error('no interface can have this name');
  }
  if (literal && Buffer.byteLength(text) > MAX_NAME_BYTES) {
    throw new Error(`no interface name is longer than ${MAX_NAME_BYTES} bytes`);
  }
};

const parse = (characters: readonly string[]): Part[] => {
  const parts: Part[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i];
    if (character === '*') parts.push('*');
    else if (character === '?') parts.push(() => true);
    else if (character === '[') {
      const end = characters.indexOf(']', i);
      if (end < 0) throw new Error('"[" is never closed with "]"');
      parts.push(parseSet(characters.slice(i + 1, end)));
      i = end;
    } else parts.push((other) => other === character);
  }
  return parts;
};

const parseSet = (characters: readonly string[]): Part => {
  const negated = characters[0] === '!' || characters[0] === '^';
  const members = negated ? characters.slice(1) : characters;
  if (members.length === 0) throw new Error('"[]" matches nothing');
  const ranges: [from: string, to: string][] = [];
  for (let i = 0; i < members.length; i++) {
    const from = members[i] ?? '';
    const isRange = members[i + 1] === '-' && i + 2 < members.length;
    const to = isRange ? (members[i + 2] ?? '') : from;
    if (from > to) throw new Error(`"${from}-${to}" matches nothing`);
    ranges.push([from, to]);
    if (isRange) i += 2;
  }
  return (character) =>
    ranges.some(([from, to]) => from <= character && character <= to) !== negated;
};

/** Goes back to the last `*` alone, so that no glob takes more than length × length steps. */
const match = (parts: readonly Part[], name: readonly string[]): boolean => {
  let part = 0;
  let star = -1;
  let retry = 0;
  for (let i = 0; i < name.length; ) {
    const current = parts[part];
    if (current === '*') {
      star = part++;
      retry = i;
    } else if (current?.(name[i] ?? '')) {
      part++;
      i++;
    } else if (star >= 0) {
      part = star + 1;
      i = ++retry;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === '*');
};
