// What a kernel complains about: that is a finding, whatever the tests say.

const COMPLAINT =
  /\b(WARNING: |BUG: |Oops\b|Kernel panic|general protection fault|refcount_t: |rcu: .*stall|soft lockup|hung task)/;

/** Lines to show of each: the trace is below it. */
const SHOWN = 25;

export const complaintsOf = (log: string): string[] => {
  const lines = log.replaceAll('\r', '').split('\n');
  return lines.flatMap((line, i) =>
    COMPLAINT.test(line) ? [lines.slice(i, i + SHOWN).join('\n')] : [],
  );
};
