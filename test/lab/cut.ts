// Cuts a link, and tells when the kernel did it: starting `ip` takes longer than what is measured here.

import { loadAddon } from '../../src/kernel/addon.ts';
import { decodeRouteMessages } from '../../src/kernel/route-messages.ts';
import type { Host } from './host.ts';
import { until } from './until.ts';

const RTNLGRP_LINK = 1;

/** Sets the interface down; returns CLOCK_MONOTONIC in ns of the kernel's notice of it. */
export const cut = async (host: Host, index: number): Promise<number> => {
  const { RouteEventSocket } = loadAddon();
  const name = host.interfaces[index]?.name;
  let downAt: number | undefined;
  const watch = new RouteEventSocket(
    (batch) => {
      const now = Number(process.hrtime.bigint());
      for (const datagram of batch) {
        if (!Buffer.isBuffer(datagram)) continue;
        for (const message of decodeRouteMessages(datagram)) {
          if (message.kind === 'link' && message.name === name && !message.up) downAt ??= now;
        }
      }
    },
    [RTNLGRP_LINK],
    { netns: host.netns },
  );
  try {
    await host.cut(index);
    return (await until(`${name} is down`, () => downAt)) ?? 0;
  } finally {
    watch.close();
  }
};
