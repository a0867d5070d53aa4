import { EngineError } from '@pixelrnn/engine';
import { afterEach, expect, test, vi } from 'vitest';
import type { Way } from './compareEngines.js';
import { comparisonTable } from './comparisonTable.js';

const machine = vi.hoisted(() => ({ gpu: false, driver: false }));
vi.mock('@pixelrnn/engine', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  tensorflowInstallation: () => ({ gpu: machine.gpu }),
  hasNvidiaDriver: () => machine.driver,
}));
vi.mock('@pixelrnn/kernels/native', () => ({ nativeKernelsPath: () => null }));

afterEach(() => Object.assign(machine, { gpu: false, driver: false }));

const measured = (ways: Readonly<Record<string, Way>>) =>
  Object.fromEntries(Object.keys(ways).map((name, i) => [name, { A: 10 * (i + 1), B: 0.5 }]));
const withoutGpu = [
  'images/s                         A                 B',
  'node, composed                10.0               0.5',
  'wasm, fused                   20.0               0.5',
];

test('a row for each engine, one for a GPU where there is a driver too', () => {
  machine.gpu = true;
  expect(comparisonTable(measured).split('\n')).toEqual(withoutGpu);
  machine.driver = true;
  expect(comparisonTable(measured).split('\n')[1]).toBe(
    'gpu, composed                 10.0               0.5',
  );
});

test('a GPU that does not work is said, and the others are measured', () => {
  Object.assign(machine, { gpu: true, driver: true });
  const broken = (ways: Readonly<Record<string, Way>>) => {
    if ('gpu, composed' in ways) throw new EngineError('It does not work.');
    return measured(ways);
  };
  expect(comparisonTable(broken).split('\n')).toEqual(['It does not work.', ...withoutGpu]);
});

test('what else cannot be measured is an error', () => {
  const broken = () => {
    throw new EngineError('It does not work.');
  };
  expect(() => comparisonTable(broken)).toThrow('It does not work.');
});
