// What the kernel refuses, as an exception.

import type { PathManagerCommand } from '../model/command.ts';
import { formatCommand } from '../model/format-command.ts';
import type { NativeRefusal } from './addon.ts';

/** What a {@link KernelError} is made of. */
export interface KernelErrorDetails {
  /** The kernel's name of what was asked: `subflow-create`, `get-limits`; else the one of the method: `snapshot`. */
  readonly operation: string;
  /** Positive, as in errno(3): 22. */
  readonly errno: number;
  /** `EINVAL` */
  readonly code: string;
  /** The kernel's own words (NLMSGERR_ATTR_MSG), or what went wrong on this side of it. */
  readonly extack?: string | undefined;
  /** The attribute that is wrong or missing, where the kernel told, as in mptcp_pm.yaml: `token`, `addr-remote.port`. */
  readonly attribute?: string | undefined;
  /** What was to be executed. */
  readonly command?: PathManagerCommand | undefined;
}

/**
 * The kernel refused, or could not be asked. Nearly everything that is wrong with a command is EINVAL: `extack` tells
 * more, in words that differ from kernel to kernel. ECANCELED: closed before there was an answer, which then stays
 * unknown. ENOBUFS: the answer was lost. EOPNOTSUPP: this kernel cannot do it.
 */
export class KernelError extends Error implements KernelErrorDetails {
  override readonly name = 'KernelError';
  readonly operation: string;
  readonly errno: number;
  readonly code: string;
  readonly extack: string | undefined;
  readonly attribute: string | undefined;
  readonly command: PathManagerCommand | undefined;

  constructor(details: KernelErrorDetails, options?: ErrorOptions) {
    super(messageOf(details), options);
    this.operation = details.operation;
    this.errno = details.errno;
    this.code = details.code;
    this.extack = details.extack;
    this.attribute = details.attribute;
    this.command = details.command;
  }
}

/** `remove 0x00000001 id 5: invalid token (EINVAL, token)` */
const messageOf = ({ operation, code, extack, attribute, command }: KernelErrorDetails): string => {
  const what = command === undefined ? operation : formatCommand(command);
  const error = attribute === undefined ? code : `${code}, ${attribute}`;
  return extack === undefined ? `${what}: ${error}` : `${what}: ${extack} (${error})`;
};

/** A refusal of a query. */
export const refused = (operation: string, { errno, code, text }: NativeRefusal): KernelError =>
  new KernelError({ operation, errno, code, extack: text });

/** What the addon threw; whatever is no system error, such as a TypeError, stays what it is. */
export const kernelErrorOf = (
  operation: string,
  error: unknown,
  command?: PathManagerCommand,
): unknown => {
  const { code, errno, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined || syscall === undefined) return error;
  // The message ends with the code, which stands in ours as well.
  const extack = message.replace(/ \([^()]*\)$/, '');
  return new KernelError(
    { operation, errno: Math.abs(errno), code, extack, command },
    { cause: error },
  );
};
