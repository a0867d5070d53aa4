import { Presets, SingleBar } from 'cli-progress';
import type { TrainingProgress } from './train.js';

export interface ProgressBar {
  update(progress: TrainingProgress): void;
  stop(): void;
}

const minutes = (seconds: number) => {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

/** Step, nats per image, images/s and time left, as one line of text. */
export function progressLine({ step, steps, train, imagesPerSecond, secondsLeft }: TrainingProgress): string {
  const loss = train === undefined ? '' : `  ${train.toFixed(2)} nats`;
  return `step ${step}/${steps}${loss}  ${imagesPerSecond.toFixed(0)} images/s  ${minutes(secondsLeft)} left`;
}

/** A bar on a terminal; plain lines, one every `lineSeconds`, elsewhere. */
export function progressBar(
  label: string,
  { stream = process.stderr, lineSeconds = 10 }: { stream?: NodeJS.WriteStream; lineSeconds?: number } = {},
): ProgressBar {
  if (!stream.isTTY) {
    let last = Number.NEGATIVE_INFINITY;
    return {
      update(progress) {
        if (progress.seconds - last < lineSeconds) return;
        last = progress.seconds;
        stream.write(`${label}  ${progressLine(progress)}\n`);
      },
      stop() {},
    };
  }
  const format = `${label} {bar} {line}`;
  const bar = new SingleBar(
    { format, stream, hideCursor: true, clearOnComplete: false, barsize: 24 },
    Presets.shades_classic,
  );
  let fraction = 0;
  bar.start(1, 0, { line: '' });
  return {
    update(progress) {
      const byTime = progress.seconds / (progress.seconds + progress.secondsLeft);
      fraction = Math.max(progress.step / progress.steps, byTime);
      bar.update(fraction, { line: progressLine(progress) });
    },
    stop() {
      bar.stop();
    },
  };
}
