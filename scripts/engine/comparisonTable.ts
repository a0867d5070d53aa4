import { existsSync } from 'node:fs';
import { EngineError, hasNvidiaDriver, tensorflowInstallation } from '@pixelrnn/engine';
import { nativeKernelsPath } from '@pixelrnn/kernels/native';
import { compareEngines, type TrainingSpeeds, type Way } from './compareEngines.js';

/**
 * Training speed of each engine that is here with each kind of kernels, images/s, a row each; above it why a GPU has none.
 *
 * @param compare takes the place of the measurement
 */
export function comparisonTable(
  compare: (ways: Readonly<Record<string, Way>>) => Record<string, TrainingSpeeds> = compareEngines,
): string {
  const installation = tensorflowInstallation();
  const path = installation ? nativeKernelsPath() : null;
  const gpu: Record<string, Way> =
    installation?.gpu && hasNvidiaDriver() ? { 'gpu, composed': { engine: 'gpu', kernels: 'composed' } } : {};
  const others: Record<string, Way> = {
    ...(path !== null && existsSync(path) && { 'node, fused': { engine: 'node', kernels: 'fused' } }),
    ...(installation && { 'node, composed': { engine: 'node', kernels: 'composed' } }),
    'wasm, fused': { engine: 'wasm', kernels: 'fused' },
  };
  try {
    return table(compare({ ...gpu, ...others }));
  } catch (error) {
    if (!(error instanceof EngineError) || Object.keys(gpu).length === 0) throw error;
    return `${error.message}\n${table(compare(others))}`;
  }
}

function table(speeds: Record<string, TrainingSpeeds>): string {
  const models = Object.keys(Object.values(speeds)[0]!);
  const rows = Object.entries(speeds).map(([name, byModel]) => [
    name,
    ...models.map((model) => byModel[model]!.toFixed(1)),
  ]);
  return [['images/s', ...models], ...rows]
    .map(([name, ...cells]) => [name!.padEnd(16), ...cells.map((cell) => cell.padStart(18))].join(''))
    .join('\n');
}
