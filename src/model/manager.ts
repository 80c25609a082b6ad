/** The kernel's path managers: who decides for a connection, from its beginning on. */
export type Manager = 'userspace' | 'kernel';
