import { loadEngine } from '@pixelrnn/engine';
import { checkPlan, type MapId, type Plan, type SumStep } from '@pixelrnn/kernels/plan';
import { here, liveWeights, maskedConv2d, type PlanBuilder } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { multiScale } from './multiScale.js';
import { pixelCNN } from './pixelCNN.js';
import { pixelRNN } from './pixelRNN.js';
import { planOf } from './planOf.js';
import { saveAndLoad } from './testing/saveAndLoad.js';

beforeAll(() => loadEngine({ quiet: true }));

const tiny = { height: 3, width: 4, colors: 1, levels: 2, h: 1, headWidth: 1 } as const;
const color = { ...tiny, colors: 3, levels: 5 } as const;

describe('a plan by hand', () => {
  it('of PixelCNN, one colour: 7 steps', () => {
    const plan = planOf(pixelCNN({ ...tiny, blocks: 1 }));
    const { steps, maps } = plan;
    expect(steps.map((step) => [step.layer, step.when, maps[step.out]?.channels])).toEqual([
      ['first', 'pixel', 2],
      ['blocks', 'pixel', 1],
      ['blocks', 'pixel', 1],
      ['blocks', 'pixel', 2],
      ['head', 'pixel', 1],
      ['head', 'pixel', 1],
      ['head', 'pixel', 1],
    ]);
    const taps = (steps as SumStep[]).map(({ terms }) => terms.map((term) => term.taps.length));
    expect(taps).toEqual([[24], [1], [5], [1], [1], [1], [1]]); // half of 49, half of 9 and the centre
    expect(liveWeights(plan)).toBe(24 * 2 + (2 + 5 + 2) + (2 + 1 + 1));
    expect(plan).toMatchObject({
      height: 3,
      width: 4,
      colors: 1,
      levels: 2,
      knownStride: null,
      conditions: [],
    });
    expect(plan.output).toEqual({ kind: 'bernoulli', map: steps[6]?.out });
  });

  it('of PixelCNN, three colours: a softmax over contiguous groups', () => {
    const plan = planOf(pixelCNN({ ...color, blocks: 0, h: 2, headWidth: 3 }));
    const last = plan.steps[plan.steps.length - 1]?.out as number;
    expect(plan.output).toEqual({ kind: 'softmax', map: last });
    expect(plan.levels).toBe(5);
    expect(plan.maps[last]).toMatchObject({ channels: 15, groups: 'contiguous' });
    expect(plan.maps[plan.pixels]).toMatchObject({ channels: 3, groups: 'cyclic' });
  });

  it('of PixelRNN: scans, their up-projections and skips, in the order of the graph', () => {
    const plan = planOf(pixelRNN({ ...tiny, cell: 'diagonal', layers: 2, skip: true }));
    const steps = plan.steps as SumStep[];
    expect(steps.map(({ layer, when, unit }) => `${layer} ${when} ${unit}`)).toEqual([
      'first pixel linear',
      ...[1, 2].flatMap((i) => [
        `layer${i} pixel lstm`,
        `layer${i} rowReversed lstm`,
        `layer${i} pixel linear`,
        `layer${i} pixel linear`,
      ]),
      'layer1_skip pixel linear',
      'layer2_skip pixel linear',
      ...new Array(3).fill('head pixel linear'),
    ]);
    const [first, skip1, skip2] = [steps[0], steps[9], steps[10]] as [SumStep, SumStep, SumStep];
    const up1 = steps[4] as SumStep;
    expect(up1.residuals).toEqual([here(first.out)]);
    expect([skip1.residuals, skip2.residuals]).toEqual([[], [here(skip1.out)]]);
    expect(skip1.terms[0]?.map).toBe(up1.out);
    expect(steps[11]?.terms[0]?.map).toBe(skip2.out);
  });

  it('of a mixture, its levels and weights', () => {
    const model = pixelRNN({
      ...color,
      levels: 16,
      cell: 'row',
      layers: 1,
      distribution: 'mcgsm',
      headWidth: 2,
    });
    const { output, levels, maps } = planOf(model);
    expect(output).toMatchObject({ kind: 'mcgsm', components: 8, scales: 4, features: 2 });
    expect(levels).toBe(16);
    expect(maps[output.map]).toMatchObject({ channels: 3 * (8 + 2), groups: 'contiguous' });
    if (output.kind !== 'mcgsm') throw new Error('expected a mixture');
    expect([output.eta, output.alpha, output.beta].map((values) => values().length)).toEqual([96, 96, 48]);
  });

  it('of conditions: maps in the order of the inputs', () => {
    const plan = planOf(pixelRNN({ ...color, cell: 'row', layers: 2, conditionMaps: 5 }));
    const [condition] = plan.conditions as [MapId];
    expect(plan.conditions.length).toBe(1);
    expect(plan.maps[condition]).toMatchObject({ channels: 5, groups: 'all', stride: 1 });
    const readers = (plan.steps as SumStep[]).filter(({ terms }) =>
      terms.some(({ map }) => map === condition),
    );
    expect(readers.map(({ layer, unit }) => [layer, unit])).toEqual([
      ['layer1', 'lstm'],
      ['layer2', 'lstm'],
    ]);
  });

  it('of the conditional network of a multi-scale model: what is known is upsampled before the first pixel', () => {
    const network = { cell: 'row', layers: 1, h: 1, headWidth: 1 } as const;
    const sizes = { height: 8, width: 4, colors: 3, levels: 2, stride: 4 } as const;
    const { conditional } = multiScale({
      ...sizes,
      conditionMaps: 2,
      unconditional: network,
      conditional: network,
    });
    const plan = planOf(conditional);
    expect(plan.knownStride).toBe(4);
    const before = plan.steps.filter(({ when }) => when === 'before');
    expect(before.map(({ layer, kind, out }) => [layer, kind, plan.maps[out]?.stride])).toEqual([
      ['subsample', 'subsample', 4],
      ['upsample_first', 'upsample', 4],
      ['upsample_to_2', 'upsample', 2],
      ['upsample_to_4', 'upsample', 1],
    ]);
    checkPlan(plan);
  });
});

function ofLayers(colors: number, ...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape: [3, 5, colors] });
  let x = input;
  for (const layer of layers) x = layer.apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: x });
}

/** Reads what is above and to the left. */
const causal = () => maskedConv2d({ filters: 1, kernelSize: 3, maskType: 'A', colors: 1 });

/** Two outputs: the input, and twice it. */
class Both extends tf.layers.Layer {
  static className = 'Both';
  outputs = 2;

  override computeOutputShape(inputShape: tf.Shape): tf.Shape[] {
    return [inputShape, inputShape];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    return [x, tf.mul(x, 2)];
  }

  describe(plan: PlanBuilder, [map]: readonly MapId[]): MapId[] {
    const x = map as MapId;
    const { channels } = plan.map(x);
    return [x, plan.sum({ channels, additions: [here(x), here(x)] })].slice(0, this.outputs);
  }
}

describe('the graph', () => {
  it('has layers of several outputs, described once', () => {
    const both = new Both({ name: 'both' });
    const input = tf.input({ shape: [3, 5, 1] });
    const x = causal().apply(input) as tf.SymbolicTensor;
    const outputs = tf.layers.add().apply(both.apply(x) as tf.SymbolicTensor[]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs });
    const plan = planOf(model);
    const [conv, twice, sum] = plan.steps as [SumStep, SumStep, SumStep];
    expect(plan.steps.length).toBe(3);
    expect(sum.additions).toEqual([here(conv.out), here(twice.out)]);
    both.outputs = 1;
    expect(() => planOf(model)).toThrow("layer 'both' has 2 outputs, and its describe gives 1");
  });

  it('may apply a layer twice: two steps, the same weights', () => {
    const shared = causal();
    const plan = planOf(ofLayers(1, shared, shared));
    const [first, second] = plan.steps as [SumStep, SumStep];
    expect(plan.steps.length).toBe(2);
    expect(second.terms[0]?.map).toBe(first.out);
    expect(first.terms[0]?.weights()).toEqual(second.terms[0]?.weights());
  });

  it('has pixels of a known size first, one output, and conditions that fit', () => {
    const model = (shape: (number | null)[], ...more: number[][]) => {
      const inputs = [shape, ...more].map((each, i) =>
        tf.input({ shape: each as number[], name: `input${i}` }),
      );
      const conv = causal();
      return tf.model({ inputs, outputs: conv.apply(inputs[0] as tf.SymbolicTensor) as tf.SymbolicTensor });
    };
    expect(() => planOf(model([null, 5, 1]))).toThrow(
      'expected a first input of pixels [B, H, W, C] of known size, got [null,null,5,1]',
    );
    expect(() => planOf(model([4, 6, 1], [3, 6, 2]))).toThrow('got [null,3,6,2] of');
    const plan = planOf(model([4, 6, 1], [2, 3, 7], [9]));
    expect(plan.conditions.map((id) => plan.maps[id])).toMatchObject([
      { channels: 7, stride: 2, groups: 'all' },
      { channels: 9, stride: 0, groups: 'all' },
    ]);
    const input = tf.input({ shape: [3, 5, 1] });
    const outputs = [1, 2].map(() => causal().apply(input) as tf.SymbolicTensor);
    expect(() => planOf(tf.model({ inputs: input, outputs }))).toThrow(
      'expected a model of one output, got 2',
    );
  });

  it('is the same after save and load, and so are the weights', async () => {
    const options = { ...color, cell: 'diagonal', layers: 2, skip: true, conditionMaps: 2 } as const;
    for (const model of [
      pixelRNN({ ...options, distribution: 'mcgsm' }),
      pixelCNN({ ...color, blocks: 1 }),
    ]) {
      const [plan, loaded] = [planOf(model), planOf(await saveAndLoad(model))];
      const weights = ({ steps }: Plan) =>
        (steps as SumStep[]).flatMap(({ terms }) => terms.map((term) => [...term.weights()]));
      expect(weights(loaded)).toEqual(weights(plan));
      const withoutFunctions = (value: Plan) => JSON.parse(JSON.stringify(value));
      expect(withoutFunctions(loaded)).toEqual(withoutFunctions(plan));
    }
  });
});
