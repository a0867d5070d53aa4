import type { MetricsLine } from '@pixelrnn/metrics';
import { learningRateAt } from '../optimizer/schedule.js';
import { type WindowState, windowMeans } from '../step/lossWindow.js';
import type { TrainingConfig } from '../trainingConfig.js';

/**
 * The log's entry of the training loss after a step.
 *
 * @param entry what every entry has
 * @param skipped updates so far
 */
export function lossLine(
  entry: Pick<MetricsLine, 'step' | 'images' | 'seconds'>,
  window: WindowState,
  config: TrainingConfig,
  skipped: number,
): MetricsLine {
  const line: MetricsLine = { ...entry, learningRate: learningRateAt(config, entry.step - 1) };
  if (window.steps > 0) {
    const { loss, gradientNorm } = windowMeans(window);
    Object.assign(line, { [config.loss === 'mse' ? 'squaredError' : 'train']: loss, gradientNorm });
  }
  if (config.nonFinite === 'skip') line.skipped = skipped;
  return line;
}
