import { positive } from '@pixelrnn/kernels/options';
import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import type { PlanBuilder } from '../describe/planBuilder.js';
import { type LayerArgs, layerOptions } from '../layerOptions.js';

const schema = z.strictObject({ colors: positive, levels: positive });

export type SplitLevelsArgs = LayerArgs & z.input<typeof schema>;

/**
 * [B, H, W, colors x levels] -> [B, H, W, colors, levels]. The channels must come in contiguous colour groups
 * (`outputGroups: 'contiguous'`); cyclic ones would mix the colours' logits.
 */
export class SplitLevels extends tf.layers.Layer implements DescribedLayer {
  static className = 'SplitLevels';

  private readonly args: z.output<typeof schema>;

  constructor(args: SplitLevelsArgs) {
    super(args);
    this.args = layerOptions('SplitLevels', schema, args);
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
    return tf.reshape(x, this.computeOutputShape(x.shape) as number[]);
  }

  describe(plan: PlanBuilder, [map]: readonly MapId[]): MapId[] {
    plan.setOutput({ kind: 'softmax', map: map as MapId }, this.args.levels);
    return [map as MapId];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}

tf.serialization.registerClass(SplitLevels);

/** A {@link SplitLevels} layer. */
export function splitLevels(args: SplitLevelsArgs): SplitLevels {
  return new SplitLevels(args);
}
