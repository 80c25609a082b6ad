// What the kernel answered, to standard output: text, or JSON in one array as `ip -j` has it.

import type { Addon, PathManagerReply, SocketOptions } from '../../kernel/addon.ts';
import { endpointRecord, formatEndpoint } from './format-endpoint.ts';
import { formatLimits, limitsRecord } from './format-limits.ts';
import { type Links, readLinks } from './links.ts';

export const print = async (
  addon: Addon,
  reply: PathManagerReply,
  json: boolean,
  options: SocketOptions,
): Promise<void> => {
  const lines = reply.limits
    ? [json ? JSON.stringify([limitsRecord(reply.limits)]) : formatLimits(reply.limits)]
    : await endpointLines(addon, reply, json, options);
  for (const line of lines) process.stdout.write(`${line}\n`);
};

const endpointLines = async (
  addon: Addon,
  { endpoints = [] }: PathManagerReply,
  json: boolean,
  options: SocketOptions,
): Promise<string[]> => {
  const isBound = endpoints.some(({ ifindex }) => ifindex !== 0);
  const links: Links = isBound ? await readLinks(addon, options) : new Map();
  return json
    ? [JSON.stringify(endpoints.map((endpoint) => endpointRecord(endpoint, links)))]
    : endpoints.map((endpoint) => formatEndpoint(endpoint, links));
};
