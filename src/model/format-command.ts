// Commands and refusals as people read them, in the log, in scenarios and in `subflowctl`.

import { formatSocketAddress, type SocketAddress } from './address.ts';
import type {
  Command,
  ListenerCommand,
  ObserveCommand,
  PathManagerCommand,
  SelectCommand,
} from './command.ts';
import { type Endpoint, EndpointFlag, flagNames } from './endpoint.ts';
import type { Refusal } from './event.ts';
import { formatToken } from './token.ts';

type AnyCommand = PathManagerCommand | ObserveCommand | ListenerCommand | SelectCommand;

/** `subflow-create 0x00000001 10.0.2.2 id 32 dev 3 backup → 10.9.0.1:443` */
export const formatCommand = (command: AnyCommand): string => {
  const words: string[] = [command.kind];
  if ('token' in command) words.push(formatToken(command.token));
  words.push(...details(command));
  return words.join(' ');
};

/** The command that was refused, the kernel's own words and the error: `remove 0x… id 5: … (EINVAL)`. */
export const formatRefusal = (command: Command, { code, text }: Refusal): string =>
  `${formatCommand(command)}: ${text === undefined ? code : `${text} (${code})`}`;

const details = (command: AnyCommand): string[] => {
  switch (command.kind) {
    case 'add-addr':
      return endpointWords(command.endpoint);
    case 'set-flags':
      if (!('token' in command)) return endpointWords(command.endpoint);
      return [pair(command), command.flags & EndpointFlag.backup ? 'backup' : 'nobackup'];
    case 'del-addr':
      return [`id ${command.id}`, ...(command.address === undefined ? [] : [command.address])];
    case 'flush-addrs':
      return [];
    case 'set-limits':
      return [
        ...(command.subflows === undefined ? [] : [`subflows ${command.subflows}`]),
        ...(command.addAddrAccepted === undefined
          ? []
          : [`add_addr_accepted ${command.addAddrAccepted}`]),
      ];
    case 'announce':
      return [...localWords(command.local, command.localId, command.ifindex)];
    case 'remove':
      return [`id ${command.localId}`];
    case 'subflow-create':
      return [
        ...localWords(command.local, command.localId, command.ifindex),
        ...(command.backup ? ['backup'] : []),
        `→ ${formatSocketAddress(command.remote)}`,
      ];
    case 'listen':
    case 'unlisten':
      return [formatSocketAddress(command.local), ...deviceWords(command.ifindex)];
    case 'select-path-manager':
      return [command.manager];
    case 'subflow-destroy':
    case 'observe':
      return [pair(command)];
    default:
      command satisfies never;
      return [];
  }
};

const pair = ({ local, remote }: { local: SocketAddress; remote: SocketAddress }): string =>
  `${formatSocketAddress(local)} → ${formatSocketAddress(remote)}`;

const localWords = (local: SocketAddress, id: number, ifindex: number): string[] => [
  formatSocketAddress(local),
  `id ${id}`,
  ...deviceWords(ifindex),
];

const deviceWords = (ifindex: number): string[] => (ifindex === 0 ? [] : [`dev ${ifindex}`]);

const endpointWords = ({ id, address, port, flags, ifindex }: Endpoint): string[] => [
  ...localWords({ address, port }, id, ifindex),
  ...flagNames(flags),
];
