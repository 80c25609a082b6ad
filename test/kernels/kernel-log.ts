// What a kernel complains about: that is a finding, whatever the tests say.

/** A machine that waits for its host to be less busy has stalls and soft lockups: those are no news of the kernel's. */
const COMPLAINT =
  /\b(WARNING: (CPU: |\S+:\d+ at )|BUG: (?!soft lockup|workqueue lockup)|Oops\b|Kernel panic|general protection fault|refcount_t: )/;

/** Lines to show of each: the trace is below it. */
const SHOWN = 25;

export const complaintsOf = (log: string): string[] => {
  const lines = log.replaceAll('\r', '').split('\n');
  return lines.flatMap((line, i) =>
    COMPLAINT.test(line) ? [lines.slice(i, i + SHOWN).join('\n')] : [],
  );
};
