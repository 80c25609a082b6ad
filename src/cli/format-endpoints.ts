// The in-kernel path manager's table, as people read it.

import type { EndpointStatus, Status } from '../control/index.ts';
import { pendingLine } from './format-connections.ts';
import type { Paint } from './paint.ts';
import { formatTable, type Row } from './table.ts';

type Shown = Pick<Status, 'endpoints' | 'limits' | 'pending' | 'withoutRoom'>;

export const formatEndpoints = (
  { endpoints, limits, pending, withoutRoom = [] }: Shown,
  paint: Paint,
): string[] => {
  if (endpoints.length === 0 && pending.length === 0) return [];
  const table = formatTable(
    ['ENDPOINT', 'ADDRESS', 'INTERFACE', 'WHOSE', 'FLAGS'],
    endpoints.map(row),
    paint,
  );
  const limitLine = limits && [
    `limits: ${limits.subflows} subflows, ${limits.addAddrAccepted} accepted addresses`,
  ];
  const noRoom =
    withoutRoom.length === 0
      ? []
      : [`no room for ${withoutRoom.join(', ')}: this kernel takes ${endpoints.length} endpoints`];
  return [...table, ...pending.map(pendingLine), ...noRoom, ...(limitLine ?? [])];
};

const row = ({ id, address, port, flags, interface: name, ours }: EndpointStatus): Row => [
  String(id),
  port === 0 ? address : `${address} port ${port}`,
  name ?? '-',
  ours ? 'subflowd' : flags.includes('implicit') ? 'kernel' : 'other',
  flags.join(' '),
];
