// Which seeds are tried: SEED=17 is that one alone, SEEDS=1000 are so many from 1 on.

export const seeds = (): number[] => {
  const { SEED, SEEDS = '200' } = process.env;
  if (SEED !== undefined) return [Number(SEED)];
  return Array.from({ length: Number(SEEDS) }, (_, index) => index + 1);
};
