/** Whether this machine is nobody's: a guest of `make kernels`, where a test may do to the whole of it what it likes. */
export const isDisposable = process.env['DISPOSABLE_MACHINE'] === '1';
