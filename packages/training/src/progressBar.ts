import { MultiBar, Presets, SingleBar } from 'cli-progress';
import type { TrainingProgress } from './train.js';

export interface ProgressBar {
  update(progress: TrainingProgress): void;
  stop(): void;
}

/** The unit that losses are shown in; they come in nats per image. */
export interface LossUnit {
  name: 'nats' | 'bits/dim';
  /** Height x width x colours. */
  dimensions: number;
}

/** What is shown of a run's progress; `TrainingProgress` has it. */
type Shown = Pick<
  TrainingProgress,
  'step' | 'steps' | 'train' | 'imagesPerSecond' | 'secondsLeft' | 'skipped'
>;

/** Hours, minutes and seconds, as `1:02:03` or `2:03`. */
export const formatSeconds = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

/** Step, loss with four digits after the point, images/s and time left, as one line of text. */
export function progressLine(progress: Shown, unit: LossUnit = { name: 'nats', dimensions: 1 }): string {
  const { step, steps, train, imagesPerSecond, secondsLeft, skipped = 0 } = progress;
  const loss = (nats: number) => (unit.name === 'nats' ? nats : nats / (Math.LN2 * unit.dimensions));
  return [
    `step ${step}/${steps}`,
    ...(train === undefined ? [] : [`${loss(train).toFixed(4)} ${unit.name}`]),
    `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 2 : 0)} images/s`,
    `${formatSeconds(secondsLeft)} left`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join('  ');
}

export interface ProgressBarOptions {
  unit?: LossUnit;
  stream?: NodeJS.WriteStream;
  /** Seconds of training between two plain lines. */
  lineSeconds?: number;
}

/** A bar on a terminal; plain lines, one every `lineSeconds`, elsewhere. */
export function progressBar(label: string, options: ProgressBarOptions = {}): ProgressBar {
  const { stream = process.stderr, unit } = options;
  if (!stream.isTTY) return plainLines(label, options);
  const bar = new SingleBar({ ...look(stream), format: `${label} {bar} {line}` }, Presets.shades_classic);
  bar.start(1, 0, { line: '' });
  return {
    update: (progress) => bar.update(fraction(progress), { line: progressLine(progress, unit) }),
    stop: () => bar.stop(),
  };
}

/** One bar below the other, for runs side by side; `log` writes a line above them. */
export interface ProgressBars {
  add(label: string, unit?: LossUnit): ProgressBar;
  log(line: string): void;
  stop(): void;
}

/** Bars on a terminal; plain lines elsewhere. */
export function progressBars(options: Omit<ProgressBarOptions, 'unit'> = {}): ProgressBars {
  const { stream = process.stderr } = options;
  if (!stream.isTTY) {
    return {
      add: (label, unit) => plainLines(label, { ...options, ...(unit && { unit }) }),
      log: (line) => void stream.write(`${line}\n`),
      stop() {},
    };
  }
  const bars = new MultiBar({ ...look(stream), format: '{label} {bar} {line}' }, Presets.shades_classic);
  return {
    add(label, unit) {
      const bar = bars.create(1, 0, { label, line: '' });
      return {
        update: (progress) => bar.update(fraction(progress), { line: progressLine(progress, unit) }),
        stop: () => void bars.remove(bar),
      };
    },
    log(line) {
      bars.log(`${line}\n`);
      bars.update(); // else it would be lost where the bars stop before they are drawn again
    },
    stop: () => bars.stop(),
  };
}

const look = (stream: NodeJS.WriteStream) => ({
  stream,
  hideCursor: true,
  clearOnComplete: false,
  barsize: 24,
  gracefulExit: false, // training handles its own signals
});

function fraction({ step, steps, seconds, secondsLeft }: TrainingProgress): number {
  return Math.max(step / steps, seconds / (seconds + secondsLeft));
}

function plainLines(
  label: string,
  { stream = process.stderr, unit, lineSeconds = 10 }: ProgressBarOptions,
): ProgressBar {
  let last = Number.NEGATIVE_INFINITY;
  return {
    update(progress) {
      if (progress.seconds - last < lineSeconds) return;
      last = progress.seconds;
      stream.write(`${label}  ${progressLine(progress, unit)}\n`);
    },
    stop() {},
  };
}
