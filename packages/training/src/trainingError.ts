/** What a {@link TrainingError} is about. */
export type TrainingErrorCode =
  | 'config'
  | 'checkpoint'
  | 'interrupted'
  | 'locked'
  | 'non-finite'
  /** Ranks of one training that differ. */
  | 'ranks';

/** An end of training that the caller may want to tell from others; `interrupted` names its signal. */
export class TrainingError extends Error {
  override name = 'TrainingError';

  constructor(
    readonly code: TrainingErrorCode,
    message: string,
    readonly signal?: 'SIGINT' | 'SIGTERM',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Exit code of a process that ends with this error: 130 after SIGINT, 143 after SIGTERM, else 1. */
  get exitCode(): number {
    if (this.signal === 'SIGINT') return 130;
    return this.signal === 'SIGTERM' ? 143 : 1;
  }
}
