// The floor: a loop that drains events, and answers every `established` with one join. No state, no policy, no reasons.
// What subflowd does more than this is what its thinking costs.
//
//   node bare-loop.js LOCAL_ADDRESS IFINDEX

import { loadAddon } from '../../src/kernel/addon.ts';

const [address = '', ifindex = '0'] = process.argv.slice(2);
const addon = loadAddon();
const commands = new addon.CommandSocket(() => {});

new addon.PathManagerEventSocket((batch) => {
  const joins = [];
  for (const event of batch) {
    if (event.kind !== 'established' || event.serverSide) continue;
    joins.push({
      kind: 'subflow-create',
      token: event.token,
      local: { address, port: 0 },
      localId: 32,
      remote: event.remote,
      ifindex: Number(ifindex),
      backup: false,
    } as const);
  }
  if (joins.length > 0) commands.send(joins);
});
console.error('ready');
