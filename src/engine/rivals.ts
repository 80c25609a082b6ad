// Somebody else changes what subflowd keeps: another path manager, or a person. It is said and repaired, a few times;
// whoever goes on has the last word.

export interface Rival {
  /** What is changed: `path manager`, `limits`, `endpoint 10.0.2.1`. */
  readonly subject: string;
  /** What was found the last time. */
  readonly found: string;
  /** How often. */
  readonly times: number;
  /** When it was last found, in ms. */
  readonly at: number;
}

/** The state, as far as it tells of rivals. */
interface Quarrels {
  rivals: readonly Rival[];
  readonly notices: string[];
}

/** So often it is repaired. */
const REPAIRS = 3;

/** After this time in peace the next change is a new story, in ms. */
const PEACE = 600_000;

export const findRival = ({ rivals }: Readonly<Quarrels>, subject: string): Rival | undefined =>
  rivals.find((rival) => rival.subject === subject);

/** It was repaired as often as is sensible: it is left as somebody else wants it. */
export const isConflict = ({ times }: Rival): boolean => times > REPAIRS;

export const mayRepair = (state: Readonly<Quarrels>, subject: string): boolean => {
  const rival = findRival(state, subject);
  return rival === undefined || !isConflict(rival);
};

/** A snapshot has shown that somebody has changed this since it was ours. */
export const noticeRival = (state: Quarrels, subject: string, found: string, now: number): void => {
  const known = findRival(state, subject);
  const others = state.rivals.filter((rival) => rival !== known);
  if (known !== undefined && isConflict(known)) {
    state.rivals = others.concat({ ...known, found, at: now });
    return;
  }
  const times = known !== undefined && now - known.at < PEACE ? known.times + 1 : 1;
  const rival: Rival = { subject, found, times, at: now };
  state.rivals = others.concat(rival);
  state.notices.push(
    isConflict(rival)
      ? `conflict: ${found} for the ${ordinal(times)} time: it is left so until SIGHUP, or ten minutes of peace`
      : `${found}: repaired`,
  );
};

/** Those who have kept the peace are forgotten. */
export const forgetRivals = (state: Quarrels, now: number): void => {
  state.rivals = state.rivals.filter(({ at }) => now - at < PEACE);
};

const ordinal = (count: number): string => `${count}${['th', 'st', 'nd', 'rd'][count] ?? 'th'}`;
