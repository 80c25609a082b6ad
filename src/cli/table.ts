// Rows of cells to lines with aligned columns.

import type { Paint } from './paint.ts';

export type Style = Parameters<Paint>[0];
export type Cell = string | { readonly text: string; readonly style: Style };

/** Cells, or a line as it is, which no column gives way to. */
export type Row = readonly Cell[] | string;

const GAP = '  ';

/** The last cell of a row is never padded, so that a long one costs nobody but itself. */
export const formatTable = (
  head: readonly string[],
  rows: readonly Row[],
  paint: Paint,
): string[] => {
  const title = head.map((text): Cell => ({ text, style: 'bold' }));
  const all = [title, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => (typeof row === 'string' ? 0 : widthOf(row[column] ?? '')))),
  );
  return all.map((row) =>
    typeof row === 'string' ? printable(row) : formatRow(row, widths, paint),
  );
};

const formatRow = (row: readonly Cell[], widths: readonly number[], paint: Paint): string =>
  row
    .map((cell, column) => {
      const text = printable(textOf(cell));
      const isLast = row.slice(column + 1).every((other) => textOf(other) === '');
      const padding = isLast ? 0 : (widths[column] ?? 0) - widthOf(cell);
      const painted = typeof cell === 'string' || text === '' ? text : paint(cell.style, text);
      return painted + ' '.repeat(padding);
    })
    .join(GAP)
    .trimEnd();

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

const widthOf = (cell: Cell): number => [...printable(textOf(cell))].length;

/** The kernel lets interface names hold control characters. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\uFFFD');
