// Remembers what was asked of the in-kernel path manager. An endpoint is ours from here on: it is written down before
// the kernel has it.

import type { Command } from '../model/command.ts';
import { beginAttempt } from './attempts.ts';
import { type Endpoints, isImplicit, isSameEndpoint } from './endpoints.ts';

export const markEndpointSent = (endpoints: Endpoints, command: Command, now: number): void => {
  beginAttempt(endpoints, command.goal, now);
  const { ours } = endpoints;
  switch (command.kind) {
    case 'add-addr': {
      const { address, flags, ifindex } = command.endpoint;
      const own = { id: idOf(endpoints, command.endpoint), address, flags, ifindex };
      endpoints.ours = { ...ours, endpoints: ours.endpoints.concat(own) };
      return;
    }
    case 'set-flags': {
      if ('token' in command) return;
      const { endpoint } = command;
      endpoints.ours = {
        ...ours,
        endpoints: ours.endpoints.map((own) =>
          isSameEndpoint(own, endpoint) ? { ...own, flags: endpoint.flags } : own,
        ),
      };
      return;
    }
    case 'set-limits':
      if (!endpoints.inUse || ours.limitsBefore !== undefined) return;
      endpoints.ours = { ...ours, limitsBefore: endpoints.limits };
      return;
    default:
  }
};

/** An endpoint in the place of an implicit one takes its id (mptcp_pm_nl_append_new_local_addr). */
export const idOf = (
  { known }: Endpoints,
  { id, address }: { readonly id: number; readonly address: string },
): number => id || (known.find((one) => isImplicit(one) && one.address === address)?.id ?? 0);
