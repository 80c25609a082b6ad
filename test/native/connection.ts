// One MPTCP connection over the loopback device of a namespace, with both of its ends.

import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import type { Addon } from '../../src/kernel/addon.ts';
import type { SocketAddress } from '../../src/model/address.ts';

export interface Connection {
  readonly token: number;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  close(): void;
}

/** Connected, and with data acknowledged in both directions: fully established. */
export const openConnection = async (
  addon: Addon,
  netns: string,
  { address, bind = address }: { address: string; bind?: string },
): Promise<Connection> => {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const listening = addon.openMptcpSocket({
    family: bind.includes(':') ? 'ipv6' : 'ipv4',
    netns,
    bind: { address: bind, port: 0 },
    listen: 8,
  });
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => {}).pipe(socket);
  });
  server.listen({ fd: listening });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const fd = addon.openMptcpSocket({ family, netns });
  const socket = new Socket({ fd, readable: true, writable: true });
  socket.on('error', () => {}).connect(port, address);
  await once(socket, 'connect');
  for (const byte of ['1', '2']) {
    socket.write(byte);
    await once(socket, 'data');
  }
  return {
    token: addon.connectionToken(fd) ?? 0,
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    remote: { address, port },
    close: () => {
      socket.destroy();
      for (const end of accepted) end.destroy();
      server.close();
    },
  };
};
