// `announce`: sends ADD_ADDR (RFC 8684 §3.4.1) on one connection.

import { EndpointFlag } from '../../model/endpoint.ts';
import { AddressReader } from './address-words.ts';
import type { RawCommand } from './command.ts';
import { TokenReader, titleOn } from './token-words.ts';
import type { Words } from './words.ts';

export const usage = `announce token T ADDRESS id N [ port N ] [ dev NAME ] [ FLAG-LIST ]
  FLAG-LIST := [ FLAG-LIST ] signal | backup | … | flags N      without any: signal`;

export const parse = (words: Words): RawCommand => {
  const reader = new AddressReader();
  const tokens = new TokenReader(reader.once);
  while (tokens.accept(words) || reader.accept(words)) {}
  words.end();
  const { token } = tokens;
  reader.once.need('ADDRESS', 'id');
  const local = { flags: EndpointFlag.signal, ...reader.read };
  const request = { kind: 'request', operation: 'announce', token, local } as const;
  return { do: 'send', title: titleOn('announce', token), request };
};
