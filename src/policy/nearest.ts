// "Did you mean …?"

/** What was written cannot be a slip of the pen for anything when it is longer than this. */
const MAX_LENGTH = 40;

/** The candidate that differs from the word by the fewest slips, where those are few for its length. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  if (word.length > MAX_LENGTH) return undefined;
  const lower = word.toLowerCase();
  let best: { candidate: string; slips: number } | undefined;
  for (const candidate of candidates) {
    const slips = distance(lower, candidate);
    const isClose = slips <= Math.max(1, Math.floor(candidate.length / 3));
    if (isClose && (best === undefined || slips < best.slips)) best = { candidate, slips };
  }
  return best?.candidate;
};

/** Characters inserted, left out, replaced, or swapped with their neighbour (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, at(last, j) + 1, at(row, j - 1) + 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, at(beforeLast, j - 2) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
};

const at = (row: readonly number[], index: number): number =>
  row[index] ?? Number.POSITIVE_INFINITY;
