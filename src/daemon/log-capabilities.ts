// What the kernel lacks, said once at start.

import type { Addon } from '../kernel/addon.ts';
import type { Capabilities } from '../kernel/capabilities.ts';
import { probe } from '../kernel/probe.ts';
import type { Log } from './log.ts';

/** Nothing depends on it: what a kernel cannot do shows in its answers, too. */
export const logCapabilities = async (log: Log, addon: Addon): Promise<void> => {
  try {
    const capabilities = await probe(addon);
    const missing = describeMissing(capabilities);
    if (missing !== undefined) log.write('info', missing);
    log.write('debug', () => describeAll(capabilities));
  } catch (error) {
    log.write('warn', `what this kernel has cannot be probed: ${(error as Error).message}`);
  }
};

/** `this kernel lacks: backup-join (set-flags makes a subflow backup after its join)`; undefined where it has all. */
export const describeMissing = (capabilities: Capabilities): string | undefined => {
  const missing = Object.entries(capabilities)
    .filter(([, { has }]) => has === 'no')
    .map(([name, { instead }]) => `${name} (${instead})`);
  return missing.length === 0 ? undefined : `this kernel lacks: ${missing.join(', ')}`;
};

const describeAll = (capabilities: Capabilities): string =>
  `this kernel has: ${Object.entries(capabilities)
    .map(([name, { has }]) => `${name} ${has}`)
    .join(', ')}`;
