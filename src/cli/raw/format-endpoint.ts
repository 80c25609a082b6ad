// Endpoints as `ip mptcp endpoint show` prints them, and as `ip -j mptcp endpoint show` does.

import type { Endpoint } from '../../model/endpoint.ts';
import { flagNames } from './flags.ts';
import { type Links, nameOf } from './links.ts';

/** Each word is followed by a space, also the last. */
export const formatEndpoint = ({ address, port, id, flags, ifindex }: Endpoint, links: Links) => {
  const { names, rest } = flagNames(flags);
  const dev = ifindex === 0 ? undefined : nameOf(links, ifindex);
  const words = [
    address,
    ...(port === 0 ? [] : [`port ${port}`]),
    `id ${id}`,
    ...names,
    ...(rest === '' ? [] : [`rawflags ${rest}`]),
    ...(dev === undefined ? [] : [`dev ${dev}`]),
  ];
  return `${words.join(' ')} `;
};

export const endpointRecord = ({ address, port, id, flags, ifindex }: Endpoint, links: Links) => {
  const { names, rest } = flagNames(flags);
  const dev = ifindex === 0 ? undefined : nameOf(links, ifindex);
  return {
    address,
    ...(port !== 0 && { port }),
    id,
    ...Object.fromEntries(names.map((name) => [name, true])),
    ...(rest !== '' && { rawflags: rest }),
    ...(dev !== undefined && { dev }),
  };
};
