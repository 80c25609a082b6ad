// Spans of time as policies write them: `500ms`, `2s`, `1.5m`, `1h`.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export const DURATION = /^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h)$/;

/** Longest span that a policy may ask for: a day, in ms. */
export const MAX_DURATION = 24 * 3_600_000;

/** In ms. The text must match {@link DURATION}. */
export const parseDuration = (text: string): number => {
  const [, amount, unit] = /^([\d.]+)(\w+)$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
};
