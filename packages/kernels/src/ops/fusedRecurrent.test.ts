import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { largest, on, relativeDifference } from '../testing/backends.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import {
  drawRecurrentLayer,
  type LargestLayer,
  type RecurrentLayer,
  recurrentLayers,
  recurrentOutputAndGradients,
} from '../testing/recurrentLayers.js';

let backends: string[];
beforeAll(async () => {
  backends = await loadFusedBackends();
});

/** Fused on every backend that has it, against composed on the first of them. */
function expectFusedEqualsComposed(one: RecurrentLayer): void {
  const data = drawRecurrentLayer(one);
  const compute = () => recurrentOutputAndGradients(data);
  const expected = on(backends[0]!, 'composed', compute);
  const names = ['y', ...Object.keys(data.variables)];
  // The terms of a parameter's gradient, one a pixel, are about as large as dx, also where they cancel.
  const ofTerms = largest(expected[1]!);
  for (const backend of backends) {
    on(backend, 'fused', compute).forEach((values, i) => {
      const name = `${backend}, ${i === 0 ? '' : 'gradient of '}${names[i]}`;
      expect(relativeDifference(values, expected[i]!, i > 1 ? ofTerms : undefined), name).toBeLessThan(1e-5);
    });
  }
}

describe.each(['rowLSTM', 'diagonalBiLSTM'] as const)('fused equals composed, %s', (layer) => {
  const cases: [string, LargestLayer, number][] = [
    ['many images', { batch: 17, height: 6, width: 6, cin: 9, h: 9 }, 16],
    ['large images', { batch: 2, height: 33, width: 33, cin: 8, h: 8 }, 8],
    ['wide layers', { batch: 3, height: 5, width: 5, cin: 70, h: 70 }, 16],
    ['one row or column', { batch: 3, height: 1, width: 33, cin: 20, h: 20 }, 6],
    ['one column', { batch: 3, height: 33, width: 1, cin: 20, h: 20 }, 6],
  ];
  test.each(cases)('%s: output and every gradient', (_, largest, numRuns) => {
    fc.assert(fc.property(recurrentLayers(layer, largest), expectFusedEqualsComposed), { seed: 8, numRuns });
  });

  test('every bound at once', () => {
    expectFusedEqualsComposed({
      ...{ layer, batch: 17, height: 5, width: 33, cin: 5, h: 70 },
      ...{ inputSide: 3, stateSide: 3, colors: 3, addition: true, projection: 70, seed: 1 },
    });
  });
});
