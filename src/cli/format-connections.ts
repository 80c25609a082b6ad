// Connections as people read them: one line for each subflow, and one for each that is still missing.

import type { ConnectionStatus, PendingStatus, SubflowStatus } from '../control/index.ts';
import type { Paint } from './paint.ts';
import { type Cell, formatTable, type Row } from './table.ts';

/** Addresses come last, where the widest cannot push anything else aside. */
const HEAD = ['CONNECTION', 'SIDE', 'INTERFACE', 'ROLE', 'STATE', 'IDS', 'LOCAL', 'REMOTE'];

export const formatConnections = (
  connections: readonly ConnectionStatus[],
  paint: Paint,
): string[] => {
  if (connections.length === 0) return [];
  return formatTable(HEAD, connections.flatMap(rowsOf), paint);
};

const rowsOf = (connection: ConnectionStatus): Row[] => {
  const { token, serverSide, note, local, remote, subflows, pending } = connection;
  const side = serverSide === null ? '?' : serverSide ? 'server' : 'client';
  const rows = subflows.map(
    (subflow, index): Row => [
      ...(index === 0 ? [token, side] : ['', '']),
      ...subflowCells(subflow),
    ],
  );
  if (subflows.length === 0) {
    rows.push([token, side, '-', '-', { text: 'no subflow', style: 'dim' }, '-', local, remote]);
  }
  if (note !== undefined) rows.push(`  ${note}`);
  return [...rows, ...pending.map(pendingLine)];
};

const subflowCells = (subflow: SubflowStatus): Cell[] => {
  const { local, remote, localId, remoteId, role, backup, state } = subflow;
  return [
    subflow.interface ?? '-',
    role ?? '-',
    {
      text: backup ? `${state}, backup` : state,
      style: state === 'established' ? 'green' : 'yellow',
    },
    `${localId}/${remoteId}`,
    local,
    remote,
  ];
};

/** `  waiting: join 10.0.2.2 → id 3: failed 2 times (ECONNREFUSED), again in 4 s` */
export const pendingLine = ({ goal, failures, retryInMs, error }: PendingStatus): string => {
  const times = failures === 1 ? 'once' : `${failures} times`;
  const reason = error === undefined ? '' : ` (${error})`;
  const failed = failures === 0 ? [] : [`failed ${times}${reason}`];
  const next = retryInMs === null ? 'under way' : `again in ${Math.ceil(retryInMs / 1_000)} s`;
  return `  waiting: ${goal}: ${[...failed, next].join(', ')}`;
};
