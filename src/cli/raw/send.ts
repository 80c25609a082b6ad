// One request to the kernel, and what comes back; a refusal becomes an error in the kernel's own words.

import { getSystemErrorMap } from 'node:util';
import type {
  Addon,
  NativeRefusal,
  PathManagerQuery,
  PathManagerReply,
  RawAddress,
  SocketOptions,
} from '../../kernel/addon.ts';
import type { AddressWords, RawCommand, Request } from './command.ts';
import { indexOf, type Links, readLinks } from './links.ts';

type Sendable = RawCommand & { readonly do: 'send' | 'list' };

/** What the kernel, or a system call on the way to it, said no to. */
export class RefusedError extends Error {}

export const send = async (
  addon: Addon,
  command: Sendable,
  options: SocketOptions,
): Promise<PathManagerReply> => {
  const query = await queryOf(addon, command, options);
  const [reply, probe] = await addon.query([query, ...probes(query)], options);
  if (probe && !probe.refusal) {
    throw new RefusedError(`${command.title}: only kernels from 6.10 on tell a connection's list`);
  }
  if (reply?.refusal) throw new RefusedError(refusalText(command.title, reply.refusal));
  return reply ?? {};
};

/** A kernel that passes over the token would list the endpoints instead: no connection has this one. */
const probes = (query: PathManagerQuery): PathManagerQuery[] => {
  const reads =
    query.kind === 'dump-addr' || ('operation' in query && query.operation === 'get-addr');
  return reads && query.token !== undefined ? [{ kind: 'dump-addr', token: 0 }] : [];
};

const queryOf = async (
  addon: Addon,
  command: Sendable,
  options: SocketOptions,
): Promise<PathManagerQuery> => {
  if (command.do === 'list') {
    const { token } = command;
    return { kind: 'dump-addr', ...(token !== undefined && { token }) };
  }
  const { local, remote, ...rest } = command.request;
  const links: Links = usesNames(command.request) ? await readLinks(addon, options) : new Map();
  return {
    ...rest,
    ...(local && { local: withIndex(local, links) }),
    ...(remote && { remote: withIndex(remote, links) }),
  };
};

const usesNames = ({ local, remote }: Request): boolean =>
  local?.dev !== undefined || remote?.dev !== undefined;

const withIndex = ({ dev, ...address }: AddressWords, links: Links): RawAddress =>
  dev === undefined ? address : { ...address, ifindex: indexOf(links, dev) };

/** The addon's names are libuv's, which has one for two that are the same number on Linux. */
const nameOf = (code: string): string => (code === 'ENOTSUP' ? 'EOPNOTSUPP' : code);

/** `subflow create on 0x1a2b3c4d: invalid token (EINVAL)` */
export const refusalText = (title: string, refusal: NativeRefusal): string => {
  const { errno, code, missing } = refusal;
  const [, meaning = 'refused'] = getSystemErrorMap().get(-errno) ?? [];
  const lack = missing === undefined ? undefined : `attribute ${missing} is missing`;
  const text = refusal.text ?? lack ?? meaning;
  const remedy = code === 'EPERM' ? ': it needs CAP_NET_ADMIN in this network namespace' : '';
  return `${title}: ${text}${remedy} (${nameOf(code)})`;
};
