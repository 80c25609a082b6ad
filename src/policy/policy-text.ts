// The text of one policy file, and what was found wrong with it so far.

import { LineCounter } from 'yaml';
import type { Place, Problem } from './problem.ts';

export interface PolicyFile {
  /** For messages: the path as the user knows it. */
  readonly name: string;
  readonly text: string;
}

/** Where something starts and ends in the text. */
export type Span = readonly [start: number, end: number];

/** More problems than this of one file help nobody. */
const MAX_PROBLEMS = 100;

export class PolicyText implements PolicyFile {
  readonly name: string;
  readonly text: string;
  /** Filled by the YAML parser. */
  readonly lines = new LineCounter();
  readonly #problems: (Problem & { readonly at: Place })[] = [];
  #count = 0;

  constructor({ name, text }: PolicyFile) {
    this.name = name;
    this.text = text;
  }

  /** How many there are, shown or not. */
  get problemCount(): number {
    return this.#count;
  }

  /** From the top of the file to its end. */
  get problems(): readonly Problem[] {
    const more = this.#count - this.#problems.length;
    const sorted = this.#problems.toSorted(
      (a, b) => a.at.line - b.at.line || a.at.column - b.at.column,
    );
    if (more === 0) return sorted;
    return [...sorted, { file: this.name, message: `${more} more problems` }];
  }

  add(span: Span, message: string, expected?: string): void {
    this.#count += 1;
    if (this.#problems.length === MAX_PROBLEMS) return;
    const problem = { file: this.name, at: this.#placeOf(span), message };
    this.#problems.push(expected === undefined ? problem : { ...problem, expected });
  }

  lineOf(offset: number): number {
    return this.lines.linePos(offset).line;
  }

  #placeOf([start, end]: Span): Place {
    const { line, col } = this.lines.linePos(start);
    const lineStart = start - col + 1;
    const lineEnd = this.text.indexOf('\n', lineStart);
    const rest = this.text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
    const source = rest.replace(/\r$/, '');
    const width = Math.max(1, Math.min(end, lineStart + source.length) - start);
    return { line, column: col, width, source };
  }
}
