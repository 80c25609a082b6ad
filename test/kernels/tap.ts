// What a test file printed, counted: its own tests, without what they are made of.

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const RESULT = /^(not )?ok\b(.*)$/;
const SKIP = /# skip\b/i;

export const countTap = (output: string): Counts => {
  const results = output
    .split('\n')
    .map((line) => RESULT.exec(line))
    .filter((match) => match !== null);
  const skipped = results.filter(([line]) => SKIP.test(line)).length;
  const failed = results.filter(
    ([, not, rest = '']) => not !== undefined && !SKIP.test(rest),
  ).length;
  return { passed: results.length - skipped - failed, failed, skipped };
};

/** Every failed assertion, with what tap says of it, and what led to it. */
export const failures = (output: string): string[] => {
  const lines = output.split('\n');
  return lines.flatMap((line, i) =>
    /^\s*not ok/.test(line) ? [line, ...diagnosis(lines, i + 1)] : [],
  );
};

/** The block of YAML below a result. */
const diagnosis = (lines: readonly string[], from: number): string[] => {
  if (lines[from]?.trim() !== '---') return [];
  const end = lines.findIndex((line, i) => i > from && line.trim() === '...');
  return lines.slice(from, end < 0 ? undefined : end + 1);
};
