/** Seconds of training alone, by a clock that never goes backwards. */
export class Stopwatch {
  private mark = performance.now();

  /** @param seconds of earlier parts of the run */
  constructor(public seconds = 0) {}

  /** Counts the time since the last lap or skip. */
  lap(): void {
    const now = performance.now();
    this.seconds += (now - this.mark) / 1000;
    this.mark = now;
  }

  /** Leaves the time since the last lap or skip out. */
  skip(): void {
    this.mark = performance.now();
  }
}
