// The tables at the end: what was done how often, and what was found.

import type { Verdict } from './judge.ts';
import type { World } from './world.ts';

type Row = readonly (number | string)[];

export const account = async (world: World, verdict: Verdict): Promise<string[]> => {
  const { findings, converged, last, fresh } = verdict;
  const { network, daemon, rival, before } = world;
  const outgoing = await world.outgoing.report();
  const mib = await world.lab.client.mib();
  const since = (name: string) => (mib[name] ?? 0) - (before[name] ?? 0);
  const done: Row[] = [
    ['connections opened, all exchanging data', outgoing.opened],
    [
      '  closed: in order, without waiting, reset',
      outgoing.finished + outgoing.closed + outgoing.reset,
    ],
    ['  closed by the peer: in order, reset', outgoing.peer_finished + outgoing.peer_reset],
    ['  not opened for want of a path', outgoing.unopened],
    ['  alive at the end', outgoing.live],
    ['joins answered (MPJoinSynAckRx)', since('MPJoinSynAckRx')],
    ['subflows removed (RmSubflow)', since('RmSubflow')],
    ['paths lost and returned', network.flaps],
    ['second addresses added or removed', network.addresses],
    ['daemons killed', daemon.kills],
    ['events lost to full receive buffers', daemon.drops],
    ['times that everything was read again', daemon.resyncs],
    ['edits of endpoints by somebody else', rival.edits],
    ['quiet until everything was right, s', (converged / 1000).toFixed(1)],
    ['descriptors of the last daemon / a new one', `${last.descriptors} / ${fresh.descriptors}`],
    [
      'resident MB of the last daemon / a new one',
      `${last.residentMb.toFixed(0)} / ${fresh.residentMb.toFixed(0)}`,
    ],
  ];
  const found: Row[] = [...findings.tallies].map(([what, { looks, mismatches }]) => [
    what,
    looks,
    mismatches,
  ]);
  return [...table(done), '', ...table([['', 'checks', 'mismatches'], ...found])];
};

/** Columns as wide as their widest cell, figures to the right. */
const table = (rows: readonly Row[]): string[] => {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(String(cell).length, widest[i] ?? 0)),
    [],
  );
  const pad = (cell: number | string, i: number) =>
    i === 0 ? String(cell).padEnd(widths[i] ?? 0) : String(cell).padStart(widths[i] ?? 0);
  return rows.map((row) => row.map(pad).join('  '));
};
