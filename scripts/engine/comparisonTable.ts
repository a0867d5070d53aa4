import { existsSync } from 'node:fs';
import { hasNvidiaDriver, tensorflowInstallation } from '@pixelrnn/engine';
import { nativeKernelsPath } from '@pixelrnn/kernels/native';
import { compareEngines, type Way } from './compareEngines.js';

/** Training speed of each engine that is here with each kind of kernels, images/s, a row each. */
export function comparisonTable(): string {
  const installation = tensorflowInstallation();
  const native = installation !== null;
  const path = native ? nativeKernelsPath() : null;
  const ways: Record<string, Way> = {
    ...(installation?.gpu &&
      hasNvidiaDriver() && { 'gpu, composed': { engine: 'gpu', kernels: 'composed' } }),
    ...(path !== null && existsSync(path) && { 'node, fused': { engine: 'node', kernels: 'fused' } }),
    ...(native && { 'node, composed': { engine: 'node', kernels: 'composed' } }),
    'wasm, fused': { engine: 'wasm', kernels: 'fused' },
  };
  const speeds = Object.entries(compareEngines(ways));
  const models = Object.keys(speeds[0]![1]);
  const rows = speeds.map(([name, byModel]) => [name, ...models.map((model) => byModel[model]!.toFixed(1))]);
  return [['images/s', ...models], ...rows]
    .map(([name, ...cells]) => [name!.padEnd(16), ...cells.map((cell) => cell.padStart(18))].join(''))
    .join('\n');
}
