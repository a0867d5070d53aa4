import { formatSeconds } from './formatSeconds.js';
import { type ProgressOptions, progress } from './progress.js';

/** Progress of work that can be counted. */
export interface CountedProgress {
  update(done: number, total: number): void;
  end(): void;
}

/**
 * A line such as `evaluated 300 of 10,000 images  612 images/s  0:16 left`.
 *
 * @param what `[verb, unit]`, such as `['evaluated', 'images']`
 */
export function countedProgress(
  [verb, unit]: readonly [verb: string, unit: string],
  options: ProgressOptions = {},
): CountedProgress {
  const { now = () => performance.now() } = options;
  const line = progress(options);
  const begun = now();
  const count = (value: number) => Math.round(value).toLocaleString('en-US');
  return {
    update(done, total) {
      const seconds = (now() - begun) / 1000;
      const rate = seconds > 0 ? done / seconds : 0;
      const left = done >= total ? 0 : rate > 0 ? (total - done) / rate : Number.POSITIVE_INFINITY;
      const parts = [
        `${verb} ${count(done)} of ${count(total)} ${unit}`,
        `${rate < 10 ? rate.toFixed(1) : count(rate)} ${unit}/s`,
        done >= total ? formatSeconds(seconds) : `${formatSeconds(left)} left`,
      ];
      line.update(parts.join('  '), total > 0 ? done / total : 1);
    },
    end: () => line.end(),
  };
}
