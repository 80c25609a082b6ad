// What is left of the chaos once it is quiet.

import { until } from '../lab/index.ts';
import { Findings } from './findings.ts';
import {
  lookAtConnections,
  lookAtEndpoints,
  lookForListeners,
  type Roles,
  unsent,
  wantedFrom,
} from './oracle.ts';
import { type Taken, takenBy } from './process.ts';
import { BYSTANDER } from './rival.ts';
import { CLIENT_PORT, SERVER_PORT, SERVER_PORTS, type World } from './world.ts';

/**
 * Less than the minute after which everything is read again in any case: what was lost is made good because it is known
 * to be lost. Back-off is no reason to wait longer, since the return of a path ends it.
 */
const PATIENCE = 40_000;

/**
 * What the last daemon may have beside one that has just been started: memory that V8 has not collected yet, and the
 * sockets of a snapshot that is being read.
 */
const GROWN_MB = 48;
const PASSING_DESCRIPTORS = 4;

const ROLES: Roles = { wlan0: 'active', wwan0: 'backup' };

export interface Verdict {
  readonly findings: Findings;
  /** From the last fault to where no mismatch was left, in ms. */
  readonly converged: number;
  /** By the daemon that lived through the end of it, and by a new one. */
  readonly last: Taken;
  readonly fresh: Taken;
}

export const judge = async (world: World): Promise<Verdict> => {
  const findings = await untilRight(() => lookAtPaths(world));
  const converged = performance.now() - world.quietSince;
  findings.add(await askAll(world));
  // Afterwards as well: asking has moved nothing.
  findings.add(await lookAtPaths(world));
  findings.add(await closeIncoming(world));
  const { last, fresh } = await startAnew(world, findings);
  for (const death of world.daemon.deaths) findings.check('the daemon lives', false, () => death);
  return { findings, converged, last, fresh };
};

/** Looks until nothing is wrong, or it is time to say what is. */
const untilRight = async (look: () => Promise<Findings>): Promise<Findings> => {
  let findings = new Findings();
  const isRight = async () => {
    findings = await look();
    return findings.mismatches.length === 0;
  };
  await until('everything is as it should be', isRight, PATIENCE).catch(() => {});
  return findings;
};

const lookAtPaths = async (world: World): Promise<Findings> => {
  const findings = new Findings();
  const host = world.lab.client;
  const { live } = await world.outgoing.report();
  const clients = {
    ...{ host, live, port: SERVER_PORT, ports: SERVER_PORTS, served: CLIENT_PORT },
    inKernel: world.manager === 'kernel',
  };
  const wanted = await wantedFrom(host, ROLES);
  await lookAtConnections(findings, clients, wanted);
  await lookAtEndpoints(findings, host, [BYSTANDER, ...endpointsFor(world, wanted)]);
  return findings;
};

/** The in-kernel path manager has one for each address; where subflowd decides for each connection there are none. */
const endpointsFor = ({ manager }: World, wanted: ReadonlyMap<string, boolean>) =>
  manager === 'userspace'
    ? []
    : [...wanted].map(([address, backup]): [string, ...string[]] =>
        backup ? [address, 'subflow', 'backup'] : [address, 'subflow'],
      );

/** Every connection still carries a question and its answer. */
const askAll = async (world: World): Promise<Findings> => {
  const { client, server } = world.lab;
  await world.outgoing.ask();
  return untilRight(async () => {
    const findings = new Findings();
    const { live, waiting, broken } = await world.outgoing.report();
    const stuck = waiting === 0 ? [] : [...(await unsent(client)), ...(await unsent(server))];
    for (let i = 0; i < live; i++) {
      findings.check('data flows', i >= waiting, () => stuck[i] ?? 'an answer is missing');
    }
    findings.check('no connection broke', broken === 0, () => `${broken} did`);
    return findings;
  });
};

/** With the last connection to this host the listeners for joins close. */
const closeIncoming = async (world: World): Promise<Findings> => {
  await world.incoming.stop();
  await world.served.stop();
  // Of a connection that its peer has reset no event tells the end: the next resync does.
  world.daemon.readAgain();
  return untilRight(async () => {
    const findings = new Findings();
    await lookForListeners(findings, world.lab.client);
    return findings;
  });
};

/** Another daemon, after one more kill, finds nothing to do, and takes no less. */
const startAnew = async (world: World, findings: Findings) => {
  const last = takenBy(world.daemon.pid);
  const joins = async () => (await world.lab.client.mib())['MPJoinSynAckRx'] ?? 0;
  const before = await joins();
  await world.daemon.kill();
  world.daemon.start();
  await world.daemon.ready();
  findings.add(await lookAtPaths(world));
  const after = await joins();
  findings.check('a restart changes nothing', after === before, () => `${after - before} joins`);
  const fresh = takenBy(world.daemon.pid);
  findings.check(
    'descriptors',
    last.descriptors <= fresh.descriptors + PASSING_DESCRIPTORS,
    () => `${last.descriptors}, a new daemon has ${fresh.descriptors}`,
  );
  findings.check(
    'memory',
    last.residentMb <= fresh.residentMb + GROWN_MB,
    () => `${last.residentMb} MB, a new daemon has ${fresh.residentMb}`,
  );
  return { last, fresh };
};
