import { positive } from '@pixelrnn/kernels/options';
import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import type { PlanBuilder } from '../describe/planBuilder.js';
import { type LayerArgs, layerOptions } from '../layerOptions.js';
import { takeEvery } from './zeroStuffing.js';

const schema = z.strictObject({
  /** Rows and columns from one pixel that is taken to the next. */
  stride: positive,
});

export type SubsampleArgs = LayerArgs & z.input<typeof schema>;

/**
 * The subsampled image of multi-scale PixelRNN, section 3.6: every stride-th pixel of every stride-th row, from the first.
 *
 * [B, H, W, C] -> [B, H / stride, W / stride, C]
 */
export class Subsample extends tf.layers.Layer implements DescribedLayer {
  static className = 'Subsample';

  private readonly args: z.output<typeof schema>;

  constructor(args: SubsampleArgs) {
    super(args);
    this.args = layerOptions('Subsample', schema, args);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const { stride } = this.args;
    const [batch, height, width, channels] = inputShape as [null, number, number, number];
    if (height % stride !== 0 || width % stride !== 0) {
      throw new Error(`Subsample: ${height} x ${width} pixels do not divide by the stride ${stride}`);
    }
    return [batch, height / stride, width / stride, channels];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    this.computeOutputShape(x.shape);
    return takeEvery(x, this.args.stride);
  }

  describe(plan: PlanBuilder, [from]: readonly MapId[]): MapId[] {
    const { stride } = this.args;
    const { channels, stride: before } = plan.map(from as MapId);
    const out = plan.addMap({ channels, groups: 'all', stride: before * stride });
    plan.addStep({ kind: 'subsample', when: 'before', out, from: from as MapId, stride });
    return [out];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}

tf.serialization.registerClass(Subsample);

/** A {@link Subsample} layer. */
export function subsample(args: SubsampleArgs): Subsample {
  return new Subsample(args);
}
