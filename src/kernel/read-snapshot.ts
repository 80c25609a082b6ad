// Everything that can be re-read of a namespace: interfaces by rtnetlink, connections by sock_diag, and for each the
// list of local addresses that its path manager keeps.

import type { Interface, InterfaceAddress } from '../model/interface.ts';
import { isNotOurs } from '../model/owner.ts';
import type { ConnectionSnapshot, Owner, Snapshot } from '../model/snapshot.ts';
import type { MptcpSocket, Subflow } from '../model/subflow.ts';
import type { Addon, PathManagerReply, SocketOptions } from './addon.ts';
import { decodeRouteMessages, Rtm } from './route-messages.ts';
import { readDefaultRoutes } from './route-watch.ts';

/** Bodies of struct ifinfomsg and ifaddrmsg that ask for everything. */
const ANY_LINK = new Uint8Array(16);
const ANY_ADDRESS = new Uint8Array(8);

/** No connection has this token: the answer tells whether this kernel has per-connection dumps (6.10). */
const NO_TOKEN = 0;

export const readSnapshot = async (addon: Addon, options: SocketOptions): Promise<Snapshot> => {
  const [interfaces, found, table] = await Promise.all([
    readInterfaces(addon, options),
    readConnections(addon, options),
    readEndpoints(addon, options),
  ]);
  return { interfaces, ...found, ...table };
};

const readEndpoints = async (
  addon: Addon,
  options: SocketOptions,
): Promise<Pick<Snapshot, 'endpoints' | 'limits'>> => {
  const queries = [{ kind: 'dump-addr' }, { kind: 'get-limits' }] as const;
  const [list, rest] = await addon.query(queries, options);
  if (list?.endpoints === undefined || rest?.limits === undefined) {
    const { text, code } = list?.refusal ?? rest?.refusal ?? { text: undefined, code: 'no answer' };
    throw new Error(`the endpoints cannot be read: ${text ?? code}`);
  }
  return { endpoints: list.endpoints, limits: rest.limits };
};

const readInterfaces = async (addon: Addon, options: SocketOptions): Promise<Interface[]> => {
  const [links, addresses, routes] = await Promise.all([
    addon.routeDump(Rtm.getLink, ANY_LINK, options),
    addon.routeDump(Rtm.getAddr, ANY_ADDRESS, options),
    readDefaultRoutes(addon, options),
  ]);
  const byIndex = new Map<number, InterfaceAddress[]>();
  for (const message of addresses.flatMap(decodeRouteMessages)) {
    if (message.kind !== 'address') continue;
    const known = byIndex.get(message.index) ?? [];
    byIndex.set(message.index, [...known, message.address]);
  }
  const interfaces: Interface[] = [];
  for (const message of links.flatMap(decodeRouteMessages)) {
    if (message.kind !== 'link') continue;
    const { index, name, up, running, loopback } = message;
    interfaces.push({
      index,
      name,
      up,
      running,
      loopback,
      addresses: byIndex.get(index) ?? [],
      defaultRoutes: routes.get(index) ?? [],
    });
  }
  return interfaces;
};

const readConnections = async (
  addon: Addon,
  options: SocketOptions,
): Promise<Pick<Snapshot, 'connections' | 'listsAddresses'>> => {
  const { sockets, subflows } = await addon.diagSnapshot(options);
  const byToken = new Map<number, Subflow[]>();
  for (const subflow of subflows) {
    const known = byToken.get(subflow.token);
    if (known === undefined) byToken.set(subflow.token, [subflow]);
    else known.push(subflow);
  }
  const replies = await readAddressLists(addon, options, sockets);
  const connections = sockets.map(
    (socket, index): ConnectionSnapshot => ({
      socket,
      subflows: byToken.get(socket.token) ?? [],
      owner: ownerOf(replies?.[index]),
      addresses: replies?.[index]?.endpoints,
    }),
  );
  return { connections, listsAddresses: replies !== undefined };
};

/** One reply for each socket; undefined on a kernel that would list the namespace's endpoints instead. */
const readAddressLists = async (
  addon: Addon,
  options: SocketOptions,
  sockets: readonly MptcpSocket[],
): Promise<PathManagerReply[] | undefined> => {
  const queries = [NO_TOKEN, ...sockets.map(({ token }) => token)].map(
    (token) => ({ kind: 'dump-addr', token }) as const,
  );
  const [probe, ...replies] = await addon.query(queries, options);
  return probe?.refusal === undefined ? undefined : replies;
};

const ownerOf = (reply: PathManagerReply | undefined): Owner => {
  if (reply === undefined) return undefined;
  if (reply.refusal === undefined) return 'userspace';
  // EINVAL stands for a connection that ended meanwhile too.
  return isNotOurs(reply.refusal) ? 'kernel' : undefined;
};
