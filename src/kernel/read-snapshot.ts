// Everything that can be re-read of a namespace: interfaces by rtnetlink, connections by sock_diag, and for each the
// list of local addresses that its path manager keeps.

import type { Interface, InterfaceAddress } from '../model/interface.ts';
import { isNotOurs } from '../model/owner.ts';
import type { ConnectionSnapshot, Owner, Pair, Snapshot } from '../model/snapshot.ts';
import type { MptcpSocket, Subflow } from '../model/subflow.ts';
import type { Addon, PathManagerReply, SocketOptions } from './addon.ts';
import { readPathManager } from './path-manager-sysctl.ts';
import { readDiag, SLICE } from './read-diag.ts';
import { decodeRouteMessages, Rtm } from './route-messages.ts';
import { readDefaultRoutes } from './route-watch.ts';

/** Bodies of struct ifinfomsg and ifaddrmsg that ask for everything. */
const ANY_LINK = new Uint8Array(16);
const ANY_ADDRESS = new Uint8Array(8);

/** No connection has this token. */
const NO_TOKEN = 0;

export const readSnapshot = async (addon: Addon, options: SocketOptions): Promise<Snapshot> => {
  const [interfaces, found, table] = await Promise.all([
    readInterfaces(addon, options),
    readConnections(addon, options),
    readEndpoints(addon, options),
  ]);
  // Of another namespace the sysctl cannot be seen.
  const pathManager = options.netns === undefined ? readPathManager() : undefined;
  return { interfaces, ...found, ...table, pathManager };
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
): Promise<Pick<Snapshot, 'connections' | 'unreadable' | 'listsAddresses'>> => {
  const { sockets, subflows } = await readDiag(addon, options);
  const byToken = new Map<number, Subflow[]>();
  const unreadable: Pair[] = [];
  for (const subflow of subflows) {
    const known = byToken.get(subflow.token);
    if (known !== undefined) known.push(subflow);
    else if (subflow.token !== NO_TOKEN) byToken.set(subflow.token, [subflow]);
    else if (subflow.state === 'established') unreadable.push(subflow);
  }
  const listsAddresses = await canListAddresses(addon, options);
  const connections: ConnectionSnapshot[] = [];
  for (let first = 0; first < sockets.length; first += SLICE) {
    const slice = sockets.slice(first, first + SLICE);
    const lists = listsAddresses ? await readAddressLists(addon, options, slice) : [];
    for (const [index, socket] of slice.entries()) {
      const { token } = socket;
      const list = lists[index];
      if (token === NO_TOKEN) unreadable.push(socket);
      else {
        const found = byToken.get(token) ?? [];
        connections.push({
          socket,
          subflows: found,
          owner: ownerOf(list),
          addresses: list?.endpoints,
        });
      }
    }
  }
  return { connections, unreadable, listsAddresses };
};

/** A kernel that cannot lists the namespace's endpoints instead. */
const canListAddresses = async (addon: Addon, options: SocketOptions): Promise<boolean> => {
  const [reply] = await addon.query([{ kind: 'dump-addr', token: NO_TOKEN }], options);
  return reply?.refusal !== undefined;
};

/** One reply for each socket. */
const readAddressLists = (
  addon: Addon,
  options: SocketOptions,
  sockets: readonly MptcpSocket[],
): Promise<PathManagerReply[]> => {
  const queries = sockets.map(({ token }) => ({ kind: 'dump-addr', token }) as const);
  return addon.query(queries, options);
};

const ownerOf = (reply: PathManagerReply | undefined): Owner => {
  if (reply === undefined) return undefined;
  if (reply.refusal === undefined) return 'userspace';
  // EINVAL stands for a connection that ended meanwhile too.
  return isNotOurs(reply.refusal) ? 'kernel' : undefined;
};
