// Names of the errors that sockets and commands end with (asm-generic/errno.h; the same on all of Linux's
// common architectures). Events carry the number alone.

const NAMES: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  3: 'ESRCH',
  4: 'EINTR',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  16: 'EBUSY',
  17: 'EEXIST',
  19: 'ENODEV',
  22: 'EINVAL',
  28: 'ENOSPC',
  32: 'EPIPE',
  34: 'ERANGE',
  95: 'EOPNOTSUPP',
  97: 'EAFNOSUPPORT',
  98: 'EADDRINUSE',
  99: 'EADDRNOTAVAIL',
  100: 'ENETDOWN',
  101: 'ENETUNREACH',
  103: 'ECONNABORTED',
  104: 'ECONNRESET',
  105: 'ENOBUFS',
  107: 'ENOTCONN',
  110: 'ETIMEDOUT',
  111: 'ECONNREFUSED',
  112: 'EHOSTDOWN',
  113: 'EHOSTUNREACH',
};

/** `ECONNREFUSED`; `errno 200` for a number without a name here. */
export const errorName = (errno: number): string => NAMES[errno] ?? `errno ${errno}`;

/** The number of a name that {@link errorName} gives. */
export const errorNumber = (name: string): number | undefined => {
  const entry = Object.entries(NAMES).find(([, known]) => known === name);
  return entry === undefined ? undefined : Number(entry[0]);
};
