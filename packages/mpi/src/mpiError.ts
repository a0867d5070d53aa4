/** MPI that is not there, or not the one that started this process; the message says what to do. */
export class MpiError extends Error {
  override name = 'MpiError';
}
