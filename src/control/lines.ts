// A stream of bytes to lines of text, in bounded memory.

const NEWLINE = 0x0a;

/** Yields undefined for a line of more than `max` bytes, its end included. What follows the last end is dropped. */
export async function* linesOf(
  source: AsyncIterable<Buffer>,
  max: number,
): AsyncGenerator<string | undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      length += end + 1 - start;
      if (length <= max) parts.push(chunk.subarray(start, end));
      yield length <= max ? Buffer.concat(parts).toString() : undefined;
      parts = [];
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length <= max) parts.push(chunk.subarray(start));
    else parts = [];
  }
}
