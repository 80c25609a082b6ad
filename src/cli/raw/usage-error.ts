// What cannot be encoded, said before anything is sent.

export class UsageError extends Error {
  override readonly name = 'UsageError';
}
