import { formatSeconds } from '@pixelrnn/cell';
import { MultiBar, Presets } from 'cli-progress';
import type { TrainingProgress } from '../trainingContext.js';

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
type Shown = Pick<TrainingProgress, 'step' | 'steps' | 'imagesPerSecond' | 'secondsLeft' | 'skipped'> & {
  [loss in 'train' | 'valid']?: number | undefined;
};

/** Step, losses with four digits after the point, images/s and time left, as one line of text. */
export function progressLine(progress: Shown, unit: LossUnit = { name: 'nats', dimensions: 1 }): string {
  const { step, steps, train, valid, imagesPerSecond, secondsLeft, skipped = 0 } = progress;
  const loss = (nats: number) => {
    const value = unit.name === 'nats' ? nats : nats / (Math.LN2 * unit.dimensions);
    return `${value.toFixed(4)} ${unit.name}`;
  };
  return [
    `step ${step}/${steps}`,
    ...(train === undefined ? [] : [loss(train)]),
    ...(valid === undefined ? [] : [`${loss(valid)} on validation images`]),
    `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 2 : 0)} images/s`,
    `${formatSeconds(secondsLeft)} left`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join('  ');
}

/** Lines of one run: each shows the newest training and validation loss, whichever of them its entry has. */
export function lineOfRun(unit?: LossUnit): (progress: TrainingProgress) => string {
  let [train, valid]: (number | undefined)[] = [];
  return (progress) => {
    train = progress.train ?? train;
    valid = progress.valid ?? valid;
    return progressLine({ ...progress, train, valid }, unit);
  };
}

export interface ProgressBarOptions {
  stream?: NodeJS.WriteStream;
  /** Seconds of training between two plain lines. */
  lineSeconds?: number;
}

/** One bar below the other, for runs side by side; a run that stops leaves its last line above them. */
export interface ProgressBars {
  add(label: string, unit?: LossUnit): ProgressBar;
  /** Writes a line above the bars. */
  log(line: string): void;
  stop(): void;
}

/** Bars on a terminal; elsewhere plain lines, one a run every `lineSeconds`, one for each validation and one at its end. */
export function progressBars({
  stream = process.stderr,
  lineSeconds = 10,
}: ProgressBarOptions = {}): ProgressBars {
  if (!stream.isTTY) {
    const log = (line: string) => void stream.write(`${line}\n`);
    return { add: (label, unit) => plainLines({ label, unit, lineSeconds, log }), log, stop() {} };
  }
  const bars = new MultiBar({ ...look(stream), format: '{label} {bar} {line}' }, Presets.shades_classic);
  const log = (line: string) => {
    bars.log(`${line}\n`);
    bars.update(); // else it would be lost where the bars stop before they are drawn again
  };
  return {
    add(label, unit) {
      const bar = bars.create(1, 0, { label, line: '' });
      let last = '';
      const line = lineOfRun(unit);
      return {
        update(progress) {
          last = line(progress);
          bar.update(fraction(progress), { line: last });
        },
        stop() {
          if (bars.remove(bar) && last !== '') log(`${label}  ${last}`);
        },
      };
    },
    log,
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

interface PlainLines {
  label: string;
  unit: LossUnit | undefined;
  lineSeconds: number;
  log: (line: string) => void;
}

function plainLines({ label, unit, lineSeconds, log }: PlainLines): ProgressBar {
  let shownAt = Number.NEGATIVE_INFINITY;
  let pending: TrainingProgress | null = null;
  const show = (progress: TrainingProgress) => {
    shownAt = progress.seconds;
    pending = null;
    log(`${label}  ${progressLine(progress, unit)}`);
  };
  return {
    update(progress) {
      if (progress.valid === undefined && progress.seconds - shownAt < lineSeconds) {
        pending = progress;
        return;
      }
      if (pending && progress.valid !== undefined) show(pending);
      show(progress);
    },
    stop() {
      if (pending) show(pending);
    },
  };
}
