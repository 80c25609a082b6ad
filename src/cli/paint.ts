// Colours, where somebody looks at them.

import { styleText } from 'node:util';

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export const plain: Paint = (_, text) => text;

/** https://no-color.org */
export const painterFor = (stream: { readonly isTTY?: boolean }, env = process.env): Paint =>
  stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? coloured : plain;

/** Newer versions of Node would look at standard output once more, whichever the stream is. */
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });
