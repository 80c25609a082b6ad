// What a line of words means, before anything of it is done.

import type { RawAddress, RawRequest } from '../../kernel/addon.ts';
import type { SocketAddress } from '../../model/address.ts';

/** An address as it was typed: its interface has a name yet, which only its namespace can tell. */
export type AddressWords = Omit<RawAddress, 'ifindex'> & { readonly dev?: string };

export interface Request extends Omit<RawRequest, 'local' | 'remote'> {
  readonly local?: AddressWords;
  readonly remote?: AddressWords;
}

export type RawCommand =
  /** `title` is the operation and its object, for what the kernel says against it. */
  | { readonly do: 'send'; readonly title: string; readonly request: Request }
  | { readonly do: 'list'; readonly title: string; readonly token?: number }
  | { readonly do: 'monitor' }
  | { readonly do: 'listen'; readonly at: SocketAddress };
