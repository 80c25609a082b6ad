// What the kernel answered, to standard output: text, or JSON in one array as `ip -j` has it.

import type { Addon, PathManagerReply, SocketOptions } from '../../kernel/addon.ts';
import { endpointRecord, formatEndpoint } from './format-endpoint.ts';
import { formatLimits, limitsRecord } from './format-limits.ts';
import { readLinks } from './links.ts';

/** What answers nothing prints nothing. */
export const print = async (
  addon: Addon,
  { limits, endpoints = [] }: PathManagerReply,
  asked: boolean,
  { json, ...options }: SocketOptions & { readonly json: boolean },
): Promise<void> => {
  if (!asked) return;
  if (limits) {
    write(json ? [JSON.stringify([limitsRecord(limits)])] : [formatLimits(limits)]);
    return;
  }
  const bound = endpoints.some(({ ifindex }) => ifindex !== 0);
  const links = bound ? await readLinks(addon, options) : new Map<number, string>();
  const records = endpoints.map((one) => endpointRecord(one, links));
  write(
    json ? [JSON.stringify(records)] : endpoints.map((endpoint) => formatEndpoint(endpoint, links)),
  );
};

const write = (lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};
