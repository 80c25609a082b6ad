// How rules add to a plan for the in-kernel path manager.

import type { Command } from '../model/command.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Path } from '../policy/intent.ts';
import { portOf } from './address-ids.ts';
import { findAttempt, mayTry } from './attempts.ts';
import { wakeAt } from './draft.ts';
import type { State } from './state.ts';

/** A plan in the making: what every rule sees, and adds to. */
export interface EndpointDraft {
  readonly state: Readonly<State>;
  readonly now: number;
  readonly commands: Command[];
  /** The paths that should have an endpoint. */
  wanted: readonly Path[];
  /** Path keys whose endpoint is deleted, by this plan or by what is not answered yet. */
  readonly leaving: Set<string>;
  wakeAt: number;
}

export const isFor = (path: Path, { address, port }: Endpoint): boolean =>
  address === path.address && port === portOf(path.announce);

/** Unless it is under way, or backs off. */
export const send = (draft: EndpointDraft, command: Command): void => {
  const attempt = findAttempt(draft.state.endpoints, command.goal);
  if (mayTry(attempt, draft.now)) draft.commands.push(command);
  else if (attempt !== undefined && !attempt.pending) wakeAt(draft, attempt.retryAt);
};
