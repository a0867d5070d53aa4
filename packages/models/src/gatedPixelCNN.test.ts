import { loadEngine } from '@pixelrnn/engine';
import { referenceLogits } from '@pixelrnn/kernels/plan';
import { claimedContext } from '@pixelrnn/layers';
import { binProbabilities, idealContext } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GatedPixelCNNOptions, gatedPixelCNN } from './gatedPixelCNN.js';
import { planOf } from './planOf.js';
import { scaleIntensities } from './scaleIntensities.js';
import { dependencies, everyLogLikelihood } from './testing/proofs.js';
import { saveAndLoad } from './testing/saveAndLoad.js';

beforeAll(() => loadEngine({ quiet: true }));

const tiny = {
  height: 4,
  width: 5,
  colors: 1,
  levels: 2,
  layers: 3,
  filters: 4,
  headWidth: 4,
  firstKernel: 3,
} as const;

const everyOutput = ({ height, width, colors }: { height: number; width: number; colors: number }) =>
  Array.from({ length: height * width * colors }, (_, i) => ({
    row: Math.floor(i / (width * colors)),
    column: Math.floor(i / colors) % width,
    color: i % colors,
  }));

/** Weights of a size at which probabilities differ much from each other. */
function shake(model: tf.LayersModel): void {
  model.setWeights(
    model.getWeights().map((weight, i) => tf.randomNormal(weight.shape, 0, 0.8, 'float32', i)),
  );
}

describe('dependence of every logit on every input', () => {
  it.each([
    ['one colour', tiny],
    ['one colour, skip, even kernel', { ...tiny, skip: true, kernelSize: 4 }],
    [
      'one colour, higher than wide, wide kernels',
      { ...tiny, height: 6, width: 3, layers: 2, kernelSize: 5 },
    ],
    [
      'three colours, widths not divisible by 3',
      { ...tiny, height: 3, width: 4, colors: 3, levels: 4, headWidth: 5 },
    ],
    [
      'three colours, MCGSM, first kernel even',
      { ...tiny, height: 3, width: 3, colors: 3, levels: 4, distribution: 'mcgsm', firstKernel: 4 },
    ],
  ] as [string, GatedPixelCNNOptions][])(
    'is all that comes before it, without a blind spot: %s',
    (_, options) => {
      const model = gatedPixelCNN(options);
      const plan = planOf(model);
      for (const output of everyOutput(options)) {
        expect(claimedContext(plan, output), JSON.stringify(output)).toEqual(idealContext(options, output));
        expect(dependencies(model, options, output), JSON.stringify(output)).toEqual(
          idealContext(options, output),
        );
      }
      model.dispose();
    },
  );

  it('grows by half a kernel a layer: what each depth reaches, by hand', () => {
    // 7 x 9 pixels, the logit at row 5, column 4; . is not reached, x is.
    const reached = (layers: number) => {
      const shape = { height: 7, width: 9, colors: 1 };
      const model = gatedPixelCNN({ ...tiny, ...shape, layers });
      const found = dependencies(model, shape, { row: 5, column: 4, color: 0 });
      model.dispose();
      return Array.from({ length: 7 }, (_, row) =>
        [...found.subarray(9 * row, 9 * row + 9)].map((seen) => (seen ? 'x' : '.')).join(''),
      );
    };
    // One layer of 3 x 3: its vertical kernel reaches two rows of three columns, linked from the row above.
    expect(reached(0)).toEqual([
      '.........',
      '.........',
      '.........',
      '...xxx...',
      '...xxx...',
      '...x.....',
      '.........',
    ]);
    expect(reached(1)).toEqual([
      '.........',
      '.........',
      '..xxxxx..',
      '..xxxxx..',
      '..xxxxx..',
      '..xx.....',
      '.........',
    ]);
  });
});

describe('the likelihood', () => {
  it.each([
    ['2 levels, 3 x 3 x 1', { ...tiny, height: 3, width: 3, layers: 2 }],
    [
      '4 levels, 1 x 2 x 3, skip',
      { ...tiny, height: 1, width: 2, colors: 3, levels: 4, skip: true, headWidth: 5 },
    ],
    ['MCGSM, 2 levels, 2 x 2 x 1', { ...tiny, height: 2, width: 2, distribution: 'mcgsm', headWidth: 5 }],
  ] as [string, GatedPixelCNNOptions][])('sums to 1 over every image: %s', (_, options) => {
    const model = gatedPixelCNN(options);
    shake(model);
    const nats = everyLogLikelihood(model, options);
    expect(nats.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    expect(Math.max(...nats) - Math.min(...nats)).toBeGreaterThan(1);
    model.dispose();
  });

  it('sums to 1 over every image under each condition, and differs between them', () => {
    const options = { ...tiny, height: 2, width: 3, layers: 1, conditionSize: 2, conditionMaps: 1 };
    const model = gatedPixelCNN(options);
    shake(model);
    const sums = [0, 1, -2].map((value) => {
      const given = (batch: number) => [
        tf.fill([batch, 2], value),
        tf.mul(tf.ones([batch, 2, 3, 1]), value / 2),
      ];
      return everyLogLikelihood(model, options, given);
    });
    for (const nats of sums) {
      expect(nats.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    }
    expect(sums[0]).not.toEqual(sums[1]);
    model.dispose();
  });
});

describe('conditions', () => {
  const options = { ...tiny, height: 3, width: 3, conditionSize: 3, conditionMaps: 2 };
  const pixels = () => tf.randomUniform([1, 3, 3, 1], -1, 1, 'float32', 5);
  const logits = (model: tf.LayersModel, ...inputs: tf.Tensor[]) => [
    ...(model.predict(inputs) as tf.Tensor).dataSync(),
  ];

  it('reach every output', () => {
    const model = gatedPixelCNN(options);
    const plain = logits(model, pixels(), tf.zeros([1, 3]), tf.zeros([1, 3, 3, 2]));
    for (const other of [
      logits(model, pixels(), tf.ones([1, 3]), tf.zeros([1, 3, 3, 2])),
      logits(model, pixels(), tf.zeros([1, 3]), tf.ones([1, 3, 3, 2])),
    ]) {
      expect(other.every((value, i) => value !== plain[i])).toBe(true);
    }
    model.dispose();
  });

  it('of zeros are none: the logits are those of the model without conditions', () => {
    const model = gatedPixelCNN(options);
    const without = gatedPixelCNN({ ...options, conditionSize: 0, conditionMaps: 0 });
    expect(logits(model, pixels(), tf.zeros([1, 3]), tf.zeros([1, 3, 3, 2]))).toEqual(
      logits(without, pixels()),
    );
    model.dispose();
    without.dispose();
  });

  it('at one place reach the outputs near it and not those that the layers are too few for', () => {
    const shape = { height: 1, width: 9, layers: 1 };
    const model = gatedPixelCNN({ ...options, ...shape, conditionSize: 0 });
    const at = (column: number) =>
      tf.buffer(
        [1, 1, 9, 2],
        'float32',
        Float32Array.from({ length: 18 }, (_, i) => (i >> 1 === column ? 1 : 0)),
      );
    const image = tf.zeros([1, 1, 9, 1]);
    const plain = logits(model, image, tf.zeros([1, 1, 9, 2]));
    const changed = logits(model, image, at(4).toTensor()).map((value, i) => value !== plain[i]);
    // The first layer's map at a pixel has its own condition; the second layer's kernel reads one pixel to the left.
    expect(changed).toEqual([false, false, false, false, true, true, false, false, false]);
    model.dispose();
  });
});

describe('the plan', () => {
  it.each([
    ['one colour', tiny],
    [
      'three colours, skip, even kernels',
      { ...tiny, colors: 3, levels: 4, skip: true, kernelSize: 4, firstKernel: 6 },
    ],
    [
      'both conditions',
      { ...tiny, height: 3, width: 4, colors: 3, levels: 4, conditionSize: 3, conditionMaps: 2 },
    ],
    ['MCGSM', { ...tiny, height: 3, width: 3, colors: 3, levels: 5, layers: 1, distribution: 'mcgsm' }],
  ] as [string, GatedPixelCNNOptions][])('gives the logits of the model: %s', (_, options) => {
    const { height, width, colors, levels, conditionSize = 0, conditionMaps = 0 } = options;
    const model = gatedPixelCNN(options);
    shake(model);
    const count = 2;
    const intensities = Uint8Array.from(
      { length: count * height * width * colors },
      (_, i) => (i * 7) % levels,
    );
    const conditions = [conditionSize, height * width * conditionMaps]
      .filter((size) => size > 0)
      .map((size, k) => Float32Array.from({ length: count * size }, (_, i) => Math.sin(i + k)));
    const inputs = [
      scaleIntensities(intensities, [count, height, width, colors], levels),
      ...conditions.map((values, i) =>
        tf.tensor(values, [
          count,
          ...((model.inputs[i + 1] as tf.SymbolicTensor).shape.slice(1) as number[]),
        ]),
      ),
    ];
    const output = model.predict(inputs) as tf.Tensor;
    const mixture = options.distribution === 'mcgsm';
    const expected = (mixture ? tf.log(binProbabilities(output, levels)) : output).dataSync();
    const logits = referenceLogits(planOf(model), { count, intensities, conditions });
    expect(logits).toHaveLength(expected.length);
    expected.forEach((value, i) => void expect(logits[i]).toBeCloseTo(value, 4));
    model.dispose();
  });
});

describe('the model', () => {
  it('has the parameters of its layers', () => {
    const p = 16;
    const gated = (kernel: number, cin: number) => {
      const half = Math.ceil(kernel / 2);
      const vertical = half * kernel * cin * 2 * p + 2 * p;
      return vertical + (2 * p * 2 * p + 2 * p) + (half * cin * 2 * p + 2 * p) + (p * p + p);
    };
    const head = p * 32 + 32 + (32 * 32 + 32) + 33;
    const options = { height: 28, width: 28, colors: 1, levels: 2, layers: 2, filters: p, headWidth: 32 };
    const first = gated(7, 1);
    expect(gatedPixelCNN(options).countParams()).toBe(first + 2 * gated(3, p) + head);
    const conditional = gatedPixelCNN({ ...options, conditionSize: 10, conditionMaps: 3 });
    expect(conditional.countParams()).toBe(first + 2 * gated(3, p) + head + 3 * 13 * 4 * p);
    const skip = gatedPixelCNN({ ...options, skip: true });
    expect(skip.countParams()).toBe(first + 2 * gated(3, p) + head + 2 * (p * p + p));
  });

  it('survives save and load, with equal outputs', async () => {
    const model = gatedPixelCNN({ ...tiny, colors: 3, levels: 4, skip: true, conditionSize: 2, seed: 9 });
    const loaded = await saveAndLoad(model);
    const inputs = [tf.randomUniform([2, 4, 5, 3], -1, 1, 'float32', 1), tf.ones([2, 2])];
    expect((loaded.predict(inputs) as tf.Tensor).dataSync()).toEqual(
      (model.predict(inputs) as tf.Tensor).dataSync(),
    );
    model.dispose();
    loaded.dispose();
  });

  it('runs on widths of 1, a batch of one and a single pixel', () => {
    for (const options of [
      { ...tiny, filters: 1, headWidth: 1 },
      { ...tiny, height: 1, width: 1 },
      { ...tiny, height: 5, width: 1, layers: 0 },
      { ...tiny, height: 2, width: 2, colors: 3, levels: 256, filters: 1, headWidth: 2 },
    ]) {
      const model = gatedPixelCNN(options);
      const { height, width, colors, levels } = options;
      const output = model.predict(tf.zeros([1, height, width, colors])) as tf.Tensor;
      expect(output.shape).toEqual([1, height, width, colors, levels].slice(0, levels === 2 ? 4 : 5));
      expect(output.isNaN().any().dataSync()[0]).toBe(0);
      model.dispose();
    }
  });

  it('names what is wrong with its options', () => {
    expect(() => gatedPixelCNN({ ...tiny, kernelSize: 2 })).toThrow(
      'gatedPixelCNN: kernelSize: expected a number from 3, got 2',
    );
    expect(() => gatedPixelCNN({ ...tiny, blocks: 2 } as GatedPixelCNNOptions)).toThrow('blocks');
  });
});
