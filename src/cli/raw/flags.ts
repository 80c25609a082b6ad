// Flags of an address by their names in `ip mptcp`, or all of them as a number.

import { EndpointFlag } from '../../model/endpoint.ts';

const NAMES = Object.entries(EndpointFlag);

/** The bit that a word sets, and the name under which it is said once; `nobackup` sets none. */
export const flagOf = (
  word: string,
): { readonly name: string; readonly bit: number } | undefined => {
  if (word === 'nobackup' || word === 'nofullmesh') return { name: word.slice(2), bit: 0 };
  const found = NAMES.find(([name]) => name === word);
  return found && { name: found[0], bit: found[1] };
};

/** The names of the bits, and in hexadecimal what is left over. */
export const flagNames = (flags: number): { readonly names: string[]; readonly rest: string } => {
  const known = NAMES.filter(([, bit]) => (flags & bit) !== 0);
  const rest = known.reduce((left, [, bit]) => left & ~bit, flags) >>> 0;
  return {
    names: known.map(([name]) => name),
    rest: rest === 0 ? '' : rest.toString(16).padStart(2, '0'),
  };
};
