import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import type { DescribedLayer } from '../describe/describeLayer.js';
import type { PlanBuilder } from '../describe/planBuilder.js';

export interface SplitLevelsArgs extends NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]> {
  colors: number;
  levels: number;
}

/**
 * [B, H, W, colors x levels] -> [B, H, W, colors, levels]. The channels must come in contiguous colour groups
 * (`outputGroups: 'contiguous'`); cyclic ones would mix the colours' logits.
 */
export class SplitLevels extends tf.layers.Layer implements DescribedLayer {
  static className = 'SplitLevels';

  constructor(private readonly args: SplitLevelsArgs) {
    super(args);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const { colors, levels } = this.args;
    if (inputShape[3] !== colors * levels) {
      throw new Error(`SplitLevels: expected ${colors} x ${levels} channels, got input [${inputShape}]`);
    }
    return [...inputShape.slice(0, 3), colors, levels];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    const { colors, levels } = this.args;
    return tf.reshape(x, [...x.shape.slice(0, 3), colors, levels]);
  }

  describe(plan: PlanBuilder, [map]: readonly MapId[]): MapId[] {
    plan.setOutput({ kind: 'softmax', map: map as MapId }, this.args.levels);
    return [map as MapId];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), colors: this.args.colors, levels: this.args.levels };
  }
}

tf.serialization.registerClass(SplitLevels);

/** A {@link SplitLevels} layer. */
export function splitLevels(args: SplitLevelsArgs): SplitLevels {
  return new SplitLevels(args);
}
