// What is known of the in-kernel path manager: its endpoints and limits, and which of them are ours.

import type { Endpoint, Limits } from '../model/endpoint.ts';
import { EndpointFlag } from '../model/endpoint.ts';
import type { Attempt } from './attempts.ts';

/** An endpoint of ours, as it was asked for: an endpoint in the kernel is ours if its id and address are these. */
export type OwnEndpoint = Pick<Endpoint, 'id' | 'address' | 'flags' | 'ifindex'>;

/** What must outlive the daemon: without it an endpoint that we added would look like anybody's. */
export interface Belongings {
  readonly endpoints: readonly OwnEndpoint[];
  /** The limits that were there before ours; undefined where ours are not in force. */
  readonly limitsBefore: Limits | undefined;
}

/** As many fit with every kernel. */
export const FIT = 8;

export interface Endpoints {
  /** Endpoints are wanted; otherwise what is left of ours goes. */
  inUse: boolean;
  /** All that the kernel has. */
  known: readonly Endpoint[];
  limits: Limits | undefined;
  ours: Belongings;
  /** How many the kernel takes: Infinity until it has refused one. */
  capacity: number;
  attempts: readonly Attempt[];
  /** Path key → when the path was lost, in ms. */
  readonly lostAt: Map<string, number>;
  /** They must be planned again. */
  dirty: boolean;
}

export const createEndpoints = (inUse: boolean): Endpoints => ({
  inUse,
  known: [],
  limits: undefined,
  ours: { endpoints: [], limitsBefore: undefined },
  capacity: Number.POSITIVE_INFINITY,
  attempts: [],
  lostAt: new Map(),
  dirty: false,
});

/** Goals by path key. That of `use` is reached once some connection has joined from the endpoint. */
export const addGoal = (key: string): string => `endpoint ${key}`;
export const isAddGoal = (goal: string): boolean => goal.startsWith(addGoal(''));
export const deleteGoal = (key: string): string => `delete ${key}`;
export const useGoal = (key: string): string => `use ${key}`;

/** Subject of rivals. */
export const endpointSubject = (address: string): string => `endpoint ${address}`;

type Identity = Pick<Endpoint, 'id' | 'address'>;

export const isImplicit = ({ flags }: Pick<Endpoint, 'flags'>): boolean =>
  (flags & EndpointFlag.implicit) !== 0;

export const isSameEndpoint = (a: Identity, b: Identity): boolean =>
  a.id === b.id && a.address === b.address;

export const isOurs = ({ ours }: Endpoints, endpoint: Identity): boolean =>
  ours.endpoints.some((own) => isSameEndpoint(own, endpoint));
