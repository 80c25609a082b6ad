// A path was lost: its subflows are closed at both ends at once, so that what is in flight moves. Never the last
// ones: a connection without any survivor waits for a path, and TCP keeps it alive meanwhile.

import { announcedKeyOf, localIdOf } from './address-ids.ts';
import type { Draft } from './draft.ts';
import {
  destroyGoal,
  firstFullyEstablished,
  isDue,
  removeAndDestroy,
  removeGoal,
  wakeAt,
} from './draft.ts';
import { REPEATED_REMOVE } from './mark-sent.ts';
import type { LiveSubflow } from './state.ts';
import { intentOfSubflow, isLost } from './subflows.ts';

export const leaveLostPaths = (draft: Draft): void => {
  repeatRemove(draft);
  giveUpJoins(draft);
  const { lost, alive, connection } = draft;
  const first = lost[0];
  if (first === undefined && !hasLostAnnouncement(draft)) return;
  if (firstFullyEstablished(draft, alive) === undefined) return;
  for (const localId of new Set(lost.map((subflow) => subflow.localId))) {
    const subflows = lost.filter((subflow) => subflow.localId === localId);
    removeAndDestroy(draft, localId, subflows, reasonOf(draft, subflows[0]));
  }
  for (const key of connection.announced) {
    const localId = localIdOf(connection, key);
    if (!isGone(draft, key) || localId === undefined) continue;
    if (lost.some((subflow) => subflow.localId === localId)) continue;
    if (!isDue(draft, removeGoal(localId))) continue;
    const others = alive.filter((subflow) => subflow.localId !== localId);
    if (firstFullyEstablished(draft, others) === undefined) continue;
    removeAndDestroy(draft, localId, [], `${key} was announced and is not usable any more`);
  }
};

/** A SYN without an answer is sent for minutes, ever more seldom: until then nothing would join from there again. */
const giveUpJoins = (draft: Draft): void => {
  const { state, connection, commands } = draft;
  const { token } = connection;
  for (const subflow of connection.subflows) {
    if (subflow.established || subflow.closing || !isLost(state, subflow)) continue;
    const { local, remote } = subflow;
    const goal = destroyGoal(subflow);
    if (!isDue(draft, goal)) continue;
    const why = reasonOf(draft, subflow);
    commands.push({ kind: 'subflow-destroy', token, local, remote, goal, why });
  }
};

/** With a port it is gone once no usable path has that port: nobody listens there for it then. */
const isGone = ({ state }: Draft, key: string): boolean => {
  if (state.intent.paths.some((path) => announcedKeyOf(path) === key)) return false;
  const intent = state.intent.addresses.get(key);
  return intent === undefined || intent.state === 'lost' || intent.state === 'off';
};

const hasLostAnnouncement = (draft: Draft): boolean =>
  draft.connection.announced.some((key) => isGone(draft, key));

const reasonOf = (draft: Draft, subflow: LiveSubflow | undefined): string => {
  if (subflow === undefined) return 'the path was lost';
  const intent = intentOfSubflow(draft.state, subflow);
  return intent?.state === 'lost' ? intent.why : `${subflow.key} is not on this host any more`;
};

/** RM_ADDR is sent once, without receipt. For id 0 the kernel takes it again: not once the id is in use anew. */
const repeatRemove = (draft: Draft): void => {
  const { connection, now, alive } = draft;
  const at = connection.repeatRemoveAt;
  if (at === undefined) return;
  const inUse =
    connection.subflows.some((subflow) => subflow.localId === 0 && !subflow.closing) ||
    connection.attempts.some(
      ({ pending, join }) => pending && join && localIdOf(connection, join.pathKey) === 0,
    );
  if (inUse || alive.length === 0) return;
  if (at > now) return wakeAt(draft, at);
  draft.commands.push({
    kind: 'remove',
    token: connection.token,
    localId: 0,
    goal: REPEATED_REMOVE,
    why: 'the first RM_ADDR may have been lost',
  });
};
