import { loadEngine } from '@pixelrnn/engine';
import { checkPlan, type MapId } from '@pixelrnn/kernels/plan';
import { claimedContext, type DescribedLayer, liveWeights, type PlanBuilder } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { planOf } from './planOf.js';
import { receptiveRadius } from './receptiveRadius.js';
import { expectPlanEqualsPredict } from './testing/planEquality.js';
import { dependencies, forEachOutput } from './testing/proofs.js';

beforeAll(() => loadEngine({ quiet: true }));

/** A causal convolution over columns, as a researcher would write it: reads the pixels up to `reach` to the left. */
class ColumnConv extends tf.layers.Layer implements DescribedLayer {
  static className = 'ColumnConv';
  private kernel!: tf.LayerVariable; // [reach, channels, filters], from the farthest

  constructor(private readonly args: { filters: number; reach: number; claimed?: number; name?: string }) {
    super({ name: args.name ?? 'columns' });
  }

  override build(inputShape: tf.Shape): void {
    const { reach, filters } = this.args;
    const shape = [reach, inputShape[3] as number, filters];
    this.kernel = this.addWeight('kernel', shape, 'float32', tf.initializers.randomNormal({ seed: 1 }));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape.slice(0, 3), this.args.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const [, , width] = x.shape;
    const { reach } = this.args;
    const padded = tf.pad(x, [
      [0, 0],
      [0, 0],
      [reach, 0],
      [0, 0],
    ]);
    const columns = tf.slice(padded, [0, 0, 0, 0], [-1, -1, width + reach - 1, -1]) as tf.Tensor4D;
    const kernel = tf.expandDims(this.kernel.read(), 0) as tf.Tensor4D;
    return tf.conv2d(columns, kernel, 1, 'valid');
  }

  describe(plan: PlanBuilder, [map]: readonly MapId[]): MapId[] {
    const { filters, reach, claimed = -reach } = this.args;
    const taps = Array.from({ length: reach }, (_, i) => ({
      row: 0,
      column: claimed + i,
      colors: 'all' as const,
    }));
    const weights = () => this.kernel.read().dataSync() as Float32Array;
    return [plan.sum({ channels: filters, terms: [{ map: map as MapId, taps, weights }] })];
  }
}

function ofLayers(colors: number, ...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape: [3, 5, colors] });
  let x = input;
  for (const layer of layers) x = layer.apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: x });
}

describe("a researcher's own layer", () => {
  it.each([1, 3])(
    'has its context, radius and causality check from its description, in %i colours',
    (colors) => {
      const own = [
        new ColumnConv({ filters: 4, reach: 2, name: 'a' }),
        new ColumnConv({ filters: colors, reach: 1 }),
      ];
      const model = ofLayers(colors, own[0] as ColumnConv, tf.layers.reLU(), own[1] as ColumnConv);
      const plan = planOf(model);
      checkPlan(plan);
      expect(receptiveRadius(model)).toEqual({ rows: 0, columns: 3 });
      expect(liveWeights(plan)).toBe(2 * colors * 4 + 4 * colors);
      // 2 and 3 to the left: one step, then one or two
      const seen = claimedContext(plan, { row: 1, column: 4, color: 0 });
      const pixels = [...seen].flatMap((value, i) => (value ? [Math.floor(i / colors)] : []));
      expect([...new Set(pixels)]).toEqual([5 + 1, 5 + 2]);
      expectPlanEqualsPredict(model);
      const shape = { height: 3, width: 5, colors };
      forEachOutput(shape, (output) => {
        expect(dependencies(model, shape, output)).toEqual(claimedContext(plan, output));
      });
    },
  );

  it('that reads what comes later is named, and what it reads', () => {
    const leak = ofLayers(1, new ColumnConv({ filters: 1, reach: 2, claimed: 0 }));
    expect(() => checkPlan(planOf(leak))).toThrow(
      "plan: step 0, of layer 'columns', reads map 0 at (0, 0), which is not drawn yet: the model is not causal; give the first layer that reads the pixels mask A",
    );
    expect(() =>
      checkPlan(planOf(ofLayers(1, new ColumnConv({ filters: 1, reach: 1, claimed: 1 })))),
    ).toThrow('before that pixel is complete');
  });

  it('without a description is an error that names it and the method', () => {
    class Plain extends tf.layers.Layer {
      static className = 'Plain';
    }
    expect(() => planOf(ofLayers(1, new Plain({ name: 'plain' })))).toThrow(
      "layer 'plain' (Plain) has no method describe(plan, inputs)",
    );
  });
});
