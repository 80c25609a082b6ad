// Limits as `ip mptcp limits show` prints them.

import type { Limits } from '../../model/endpoint.ts';

export const formatLimits = ({ addAddrAccepted, subflows }: Limits): string =>
  `add_addr_accepted ${addAddrAccepted} subflows ${subflows} `;

export const limitsRecord = ({ addAddrAccepted, subflows }: Limits) => ({
  add_addr_accepted: addAddrAccepted,
  subflows,
});
