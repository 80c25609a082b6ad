// How often each thing was looked at, and what was not as it should be.

interface Tally {
  looks: number;
  mismatches: number;
}

export class Findings {
  readonly tallies = new Map<string, Tally>();
  /** A line for each mismatch. */
  readonly mismatches: string[] = [];

  check(what: string, isRight: boolean, found: () => string): void {
    const tally = this.tallies.get(what) ?? { looks: 0, mismatches: 0 };
    this.tallies.set(what, tally);
    tally.looks += 1;
    if (isRight) return;
    tally.mismatches += 1;
    this.mismatches.push(`${what}: ${found()}`);
  }

  add(others: Findings): void {
    for (const [what, { looks, mismatches }] of others.tallies) {
      const tally = this.tallies.get(what) ?? { looks: 0, mismatches: 0 };
      this.tallies.set(what, {
        looks: tally.looks + looks,
        mismatches: tally.mismatches + mismatches,
      });
    }
    this.mismatches.push(...others.mismatches);
  }
}
