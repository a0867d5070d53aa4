import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MCGSM, type MCGSMArgs, mcgsm } from './mcgsm.js';

beforeAll(() => loadEngine({ quiet: true }));

describe('MCGSM', () => {
  it('has the weights, means and deviations of the equations', () => {
    const layer = mcgsm({ colors: 1, components: 2, scales: 2, features: 2 });
    // Means 0.1 and -0.4, features 2 and 3.
    const x = tf.tensor4d([0.1, -0.4, 2, 3], [1, 1, 1, 4]);
    layer.apply(x);
    const eta = [0.5, -0.5, 0.2, 0];
    const alpha = [0, 1, -1, 0.5];
    const beta = [0.3, 0.1, -0.2, 0.4]; // by component, then feature
    layer.setWeights([
      tf.tensor3d(eta, [1, 2, 2]),
      tf.tensor3d(alpha, [1, 2, 2]),
      tf.tensor3d(beta, [1, 2, 2]),
    ]);
    const energy = [0.09 * 4 + 0.01 * 9, 0.04 * 4 + 0.16 * 9];
    const scores = eta.map(
      (value, i) => value - 0.5 * Math.exp(alpha[i] as number) * (energy[i >> 1] as number),
    );
    const normaliser = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
    const output = layer.apply(x) as tf.Tensor;
    expect(output.shape).toEqual([1, 1, 1, 1, 4, 3]);
    const values = output.dataSync();
    for (let i = 0; i < 4; i++) {
      expect(values[3 * i]).toBeCloseTo((scores[i] as number) - normaliser, 5);
      expect(values[3 * i + 1]).toBeCloseTo(i < 2 ? 0.1 : -0.4, 6);
      expect(values[3 * i + 2]).toBeCloseTo(-(alpha[i] as number) / 2, 6);
    }
  });

  it('keeps colours apart', () => {
    const layer = mcgsm({ colors: 3, components: 2, scales: 1, features: 1 });
    const x = tf.zeros([1, 1, 1, 9]);
    const before = (layer.apply(x) as tf.Tensor).arraySync() as number[][][][][][];
    const changed = tf.tensor4d([0, 0, 0, 5, 5, 5, 0, 0, 0], [1, 1, 1, 9]); // the second colour's
    const after = (layer.apply(changed) as tf.Tensor).arraySync() as number[][][][][][];
    const differs = [0, 1, 2].map(
      (color) => JSON.stringify(before[0]?.[0]?.[0]?.[color]) !== JSON.stringify(after[0]?.[0]?.[0]?.[color]),
    );
    expect(differs).toEqual([false, true, false]);
  });

  it('is rebuilt by its configuration, and refuses other channels', () => {
    const layer = mcgsm({ colors: 3, components: 3, scales: 2, features: 4, seed: 2, name: 'again' });
    const copy = new MCGSM(layer.getConfig() as unknown as MCGSMArgs);
    expect(copy.getConfig()).toEqual(layer.getConfig());
    expect(() => layer.build([null, 2, 2, 20])).toThrow('MCGSM: expected input [B, H, W, 21], got [,2,2,20]');
  });
});
