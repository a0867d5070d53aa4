/** Why there is no native executor. */
export interface NoNative {
  /** What follows 'the native one'. */
  why: string;
  /** Whether it is there, but does not load. */
  broken: boolean;
}
