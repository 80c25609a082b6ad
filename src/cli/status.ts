// `subflowctl status`: what is in force, what it means here, and what came of it.

import { ControlError, PROTOCOL_VERSION } from '../control/index.ts';
import { version } from '../version.ts';
import { ask, type RuntimeOption } from './ask.ts';
import { formatStatus } from './format-status.ts';
import { painterFor } from './paint.ts';

export const status = async ({
  json = false,
  ...options
}: RuntimeOption & { readonly json?: boolean }): Promise<void> => {
  const answer = await ask(options, 'status');
  if (answer.protocol !== PROTOCOL_VERSION) {
    throw new ControlError(
      'other-version',
      `subflowd ${answer.version} cannot be understood by subflowctl ${version}: install the same version of both, and restart the daemon`,
    );
  }
  const text = json
    ? `${JSON.stringify(answer, null, 2)}\n`
    : formatStatus(answer, painterFor(process.stdout));
  process.stdout.write(text);
};
