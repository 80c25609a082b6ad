/** A connection's token as it is printed everywhere: `0x3c6937e5`. */
export const formatToken = (token: number): string => `0x${token.toString(16).padStart(8, '0')}`;
