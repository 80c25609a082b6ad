// What one daemon leaves for the next, whatever ends it: values by key, appended to one file as they change. Each line
// carries a checksum; a file with a damaged line is ignored whole, since what a lost line took back would seem true.

import {
  closeSync,
  constants,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** The first line; another kernel's or another namespace's facts are not ours. */
export interface JournalIdentity {
  /** /proc/sys/kernel/random/boot_id: tokens and times mean something until the next boot. */
  readonly boot: string;
  /** Inode of the network namespace. */
  readonly namespace: number;
}

/** In bytes: what may be staged together, and how much more the file may hold until it is written anew. */
const MAX_LIVE = 8 << 20;
const MAX_STALE = 256 << 10;

const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = constants;

export class Journal {
  /** Why what was found was ignored: for people; undefined where there was none, or a good one. */
  readonly problem: string | undefined;
  readonly #path: string;
  readonly #header: string;
  /** The lines in force, by key. */
  readonly #lines = new Map<string, string>();
  readonly #found: ReadonlyMap<string, unknown>;
  #live = 0;
  #size = 0;
  /** Undefined until the file is known to be whole. */
  #file: number | undefined;
  #staged = '';

  /** Reads what the daemon before this one left, and changes nothing. Never throws. */
  constructor(directory: string, identity: JournalIdentity) {
    this.#path = join(directory, 'journal');
    this.#header = seal(['journal', { version: 1, ...identity }]);
    const { values, problem } = readJournal(this.#path, this.#header);
    this.#found = values;
    this.problem = problem;
    for (const [key, value] of values) this.#hold(key, seal([key, value]));
  }

  /** What was found at the start. */
  get found(): ReadonlyMap<string, unknown> {
    return this.#found;
  }

  /** In force at once, whatever else there is: a value that JSON can carry, or undefined for none. Throws like `write`. */
  keep(key: string, value: unknown): void {
    this.#stage(key, value === undefined ? undefined : seal([key, value]));
    this.write();
  }

  /** To be written by the next `write`, if it fits: where it does not, what was known before would be wrong as well. */
  stage(key: string, value: unknown): void {
    const line = value === undefined ? undefined : seal([key, value]);
    const fits = line !== undefined && this.#live + line.length <= MAX_LIVE;
    this.#stage(key, fits ? line : undefined);
  }

  has(key: string): boolean {
    return this.#lines.has(key);
  }

  keys(): Iterable<string> {
    return this.#lines.keys();
  }

  /** Throws what the system refuses; then the next one writes everything anew, so that nothing is lost or half there. */
  write(): void {
    if (this.#staged === '' && this.#file !== undefined) return;
    const wouldBe = this.#size + this.#staged.length;
    if (this.#file === undefined || wouldBe > this.#live + MAX_STALE) this.#writeAnew();
    else this.#append(this.#staged);
    this.#staged = '';
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #stage(key: string, line: string | undefined): void {
    if (line === this.#lines.get(key)) return;
    this.#hold(key, line);
    this.#staged += line ?? seal([key]);
  }

  #hold(key: string, line: string | undefined): void {
    this.#live += (line?.length ?? 0) - (this.#lines.get(key)?.length ?? 0);
    if (line === undefined) this.#lines.delete(key);
    else this.#lines.set(key, line);
  }

  #append(text: string): void {
    const file = this.#file as number;
    try {
      writeWhole(file, text);
      this.#size += text.length;
    } catch (error) {
      // Half a line may be there. It must not stand in the way of those that follow.
      this.close();
      throw error;
    }
  }

  #writeAnew(): void {
    this.close();
    const unfinished = `${this.#path}.new`;
    const text = [this.#header, ...this.#lines.values()].join('');
    const file = openSync(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600);
    try {
      writeWhole(file, text);
      renameSync(unfinished, this.#path);
    } catch (error) {
      // What is left of it takes the room that is missing.
      ftruncateSync(file);
      closeSync(file);
      throw error;
    }
    this.#file = file;
    this.#size = text.length;
  }
}

/** write(2) may write less where the file system is nearly full. */
const writeWhole = (file: number, text: string): void => {
  const bytes = Buffer.from(text, 'latin1');
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
};

/** `8d2a11c0 ["key",value]`, in ASCII. */
const seal = (entry: readonly unknown[]): string => {
  const json = JSON.stringify(entry).replace(/[\u007f-\uffff]/g, escaped);
  return `${checksum(json)} ${json}\n`;
};

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const checksum = (json: string): string => crc32(json).toString(16).padStart(8, '0');

interface Reading {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problem?: string;
}

const readJournal = (path: string, header: string): Reading => {
  const nothing: ReadonlyMap<string, unknown> = new Map();
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { values: nothing } : { values: nothing, problem: message };
  }
  // A last line without an end was being written when the daemon was killed.
  const [first, ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split(/(?<=\n)/);
  if (first === undefined) return { values: nothing };
  if (first !== header) {
    const [key] = open(first) ?? [];
    const what = key === 'journal' ? 'of another boot, namespace or version' : 'damaged in line 1';
    return { values: nothing, problem: `${path} is ${what}` };
  }
  const values = new Map<string, unknown>();
  for (const [index, line] of lines.entries()) {
    const entry = open(line);
    if (entry === undefined) {
      return { values: nothing, problem: `${path} is damaged in line ${index + 2}` };
    }
    const [key, value] = entry;
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }
  return { values };
};

const open = (line: string): readonly [string, unknown?] | undefined => {
  const json = line.slice(9, -1);
  if (line.slice(0, 9) !== `${checksum(json)} `) return undefined;
  try {
    const entry: unknown = JSON.parse(json);
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') return undefined;
    return [entry[0], entry[1]];
  } catch {
    return undefined;
  }
};
