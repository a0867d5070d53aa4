export interface BenchOptions {
  /** Fewer and shorter rounds: to see that everything runs, not to compare. */
  quick?: boolean;
  /** Only the rows whose name contains this. */
  only?: string | undefined;
  /** For one line of progress or warning at a time. */
  log: (line: string) => void;
}

/** What a bench gives to the command line. */
export interface BenchResult {
  /** For `--json`. */
  report: object;
  /** The same as plain text. */
  text: string;
  /** What went wrong on the way, in one sentence each. */
  failures: string[];
}
