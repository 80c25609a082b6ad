// Gives the first MPTCP connection that a program opens here a second subflow, and says so.
//
//   sysctl -w net.mptcp.path_manager=userspace        (pm_type=1 before Linux 6.15)
//   node watch-and-join.js ADDRESS                    (of this host's second path; as root)

import { formatSocketAddress, formatToken, KernelError, openKernel } from 'subflowd';

const [address = ''] = process.argv.slice(2);
const kernel = openKernel();
const events = kernel.events();
console.log('waiting');

try {
  for await (const event of events) {
    if (event.kind === 'established' && !event.serverSide) {
      const { token, remote } = event;
      const local = { address, port: 0 };
      // The id is ours to choose, and the same for this address on every connection; 0 is the first subflow's.
      const path = { token, local, localId: 1, remote, ifindex: 0, backup: false };
      await kernel.execute({ kind: 'subflow-create', ...path });
    } else if (event.kind === 'sub-established') {
      console.log(`${formatToken(event.token)} joined from ${formatSocketAddress(event.local)}`);
      break;
    } else if (event.kind === 'lost') {
      console.error(`events were lost: ${event.reason}`);
    }
  }
} catch (error) {
  if (!(error instanceof KernelError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  kernel.close();
}
