import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import type { DescribedLayer } from '../describe/describeLayer.js';
import type { PlanBuilder } from '../describe/planBuilder.js';
import { takeEvery } from './zeroStuffing.js';

export interface SubsampleArgs extends NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]> {
  /** Rows and columns from one pixel that is taken to the next. */
  stride: number;
}

/**
 * The subsampled image of multi-scale PixelRNN, section 3.6: every stride-th pixel of every stride-th row, from the first.
 *
 * [B, H, W, C] -> [B, H / stride, W / stride, C]
 */
export class Subsample extends tf.layers.Layer implements DescribedLayer {
  static className = 'Subsample';

  constructor(private readonly args: SubsampleArgs) {
    super(args);
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
    return takeEvery((Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D, this.args.stride);
  }

  describe(plan: PlanBuilder, [from]: readonly MapId[]): MapId[] {
    const { stride } = this.args;
    const { channels, stride: before } = plan.map(from as MapId);
    const out = plan.addMap({ channels, groups: 'all', stride: before * stride });
    plan.addStep({ kind: 'subsample', when: 'before', out, from: from as MapId, stride });
    return [out];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), stride: this.args.stride };
  }
}

tf.serialization.registerClass(Subsample);

/** A {@link Subsample} layer. */
export function subsample(args: SubsampleArgs): Subsample {
  return new Subsample(args);
}
