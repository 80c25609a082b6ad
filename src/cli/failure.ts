// A failure that was foreseen: its message says in one line what is wrong and what to do.

export class Failure extends Error {
  override readonly name = 'Failure';
}
