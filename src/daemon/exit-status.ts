// How the daemon ends when it cannot do its work: each cause has a status of its own (README.md lists them).

export const ExitStatus = {
  failure: 1,
  usage: 2,
  noMptcp: 3,
  oldKernel: 4,
  notPermitted: 5,
  alreadyRunning: 6,
  policy: 7,
  runtimeDirectory: 8,
} as const;

/** A start that failed in a foreseen way: `message` says in one line what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
