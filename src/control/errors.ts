// What can go wrong between the daemon and those who ask it; each message says what to do.

/** Another daemon answers on the socket: it owns this network namespace. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';

  constructor(path: string) {
    super(`another subflowd decides in this network namespace already: it answers at ${path}`);
  }
}

export type ControlFailure =
  | 'no-daemon'
  | 'not-permitted'
  | 'unusable-directory'
  | 'no-answer'
  | 'other-version'
  | 'refused';

export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly failure: ControlFailure;

  constructor(failure: ControlFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
