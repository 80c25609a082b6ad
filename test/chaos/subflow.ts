// A subflow as `ss` shows it.

import type { Socket } from '../lab/index.ts';

export interface Subflow {
  readonly state: string;
  /** This side's token of its connection; empty for plain TCP, and while the SYN is on its way. */
  readonly token: string;
  /** Without interface and port. */
  readonly from: string;
  /** `10.0.2.1 → 10.0.1.2:7000` */
  readonly pair: string;
  readonly initial: boolean;
  /** This side has asked for that. */
  readonly backup: boolean;
}

export const subflowOf = ({ state, local, remote, details }: Socket): Subflow => {
  const from = plain(local).replace(/:\d+$/, '');
  return {
    state,
    // `token:9e0d014b(id:0)/f24fdda2(id:32)`: the peer's and this side's.
    token: /\/([0-9a-f]+)\(/.exec(details['token'] ?? '')?.[1] ?? '',
    from,
    pair: `${from} → ${plain(remote)}`,
    // `Jjbec` or `Mmec`: MP_JOIN or MP_CAPABLE, and in small letters what this side has said.
    initial: /M/i.test(details['flags'] ?? ''),
    backup: /b/.test(details['flags'] ?? ''),
  };
};

/** `10.0.2.1%wwan0:40000` and `[::ffff:10.0.1.2]:7000`, without what `ss` adds to an address. */
const plain = (end: string): string => end.replace(/[[\]]|%\w+|::ffff:/g, '');
