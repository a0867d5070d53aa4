import { type DisplayFunction, displaySymbol, progress } from '@pixelrnn/cell';
import { figureBundle } from './figureBundle.js';
import type { Metric } from './figures/figure.js';
import { notebookColors } from './figures/notebookColors.js';
import { metricUnit } from './figures/theme.js';
import { trainingCurve } from './figures/trainingCurve.js';
import { fromLog, type LogEntry } from './figures/trainingLog.js';

export interface LiveCurveOptions {
  label: string;
  unit: Metric;
  /** Values of an image, height x width x colours: needed in bits/dim, as entries are in nats per image. */
  dimensions?: number;
  /** Between two changes of the figure; default 1,000. */
  everyMilliseconds?: number;
  /** Milliseconds from anywhere, which only rise; `performance.now` when absent. */
  now?: () => number;
}

/** A curve that grows while a model is trained. */
export interface LiveCurve {
  /** Takes an entry of the log, with a training loss, a validation loss or both; `train` calls it as `onProgress`. */
  readonly add: (entry: LogEntry) => void;
  /** Draws the whole curve for good, with the picture that a saved notebook keeps. */
  end(): Promise<void>;
}

/** The newest of these losses, if there is one. */
const last = (losses: readonly (number | null)[] = []) =>
  losses
    .filter((loss) => loss !== null)
    .slice(-1)
    .map((loss) => loss.toFixed(4));

/**
 * A training curve that grows in a notebook's cell, one figure that changes in place; plain lines, now and then, elsewhere:
 *
 *     const curve = liveCurve({ label: 'PixelCNN', unit: 'nats' });
 *     await train(model, options, { ...data, onProgress: curve.add });
 *     await curve.end();
 */
export function liveCurve(options: LiveCurveOptions): LiveCurve {
  const { label, unit, dimensions, everyMilliseconds = 1000, now = () => performance.now() } = options;
  const log: LogEntry[] = [];
  const run = { label, log, ...(dimensions !== undefined && { dimensions }) };
  const display = (globalThis as { [displaySymbol]?: DisplayFunction })[displaySymbol];
  if (!display) {
    const lines = progress({ afterMilliseconds: 0 });
    return {
      add(entry) {
        log.push(entry);
        const { train, valid } = fromLog(run, unit, 'steps');
        const said = [
          ...last(train).map((loss) => `${loss} ${metricUnit[unit]}`),
          ...last(valid).map((loss) => `${loss} on validation images`),
        ];
        if (said.length > 0) lines.update([label, `step ${entry.step}`, ...said].join('  '));
      },
      async end() {
        lines.end();
      },
    };
  }
  const displayId = `curve-${globalThis.crypto.randomUUID()}`;
  let update = false;
  let shownAt = Number.NEGATIVE_INFINITY;
  const figure = () => trainingCurve([run], { unit });
  return {
    add(entry) {
      log.push(entry);
      const time = now();
      if (entry.train === undefined || time - shownAt < everyMilliseconds) return;
      shownAt = time;
      const { data, layout } = notebookColors(figure());
      const words = `Figure: training curve of ${label}, step ${entry.step}`;
      display(
        { 'application/vnd.plotly.v1+json': { data, layout }, 'text/plain': words },
        { displayId, update },
      );
      update = true;
    },
    async end() {
      if (log.length === 0) return;
      display(await figureBundle(figure()), { displayId, update });
      update = true;
    },
  };
}
