import { RecordedFunction } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import { expectedPixels, logLikelihood } from '@pixelrnn/metrics';
import { forward } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import type { Loss, Objective } from './objective.js';

/**
 * Loss and gradients of an objective, to be made once and computed at every step: native TensorFlow repeats the operations
 * of the second computation instead of calling the layers (`RecordedFunction` of @pixelrnn/engine).
 */
export class LossAndGradients {
  private readonly compute: (inputs: tf.Tensor[]) => tf.Tensor[];

  /** @param replay false calls the layers at every step: slower, for a layer that does more than compute its outputs */
  constructor(
    readonly objective: Objective,
    { replay = true }: { replay?: boolean } = {},
  ) {
    const inputs = objective.model.inputs.length;
    const differentiate = ([targets, ...others]: readonly tf.Tensor[]) =>
      lossAndGradients(objective, others.slice(0, inputs), targets as tf.Tensor);
    const recorded = new RecordedFunction(differentiate);
    this.compute = replay ? (inputs) => recorded.run(inputs, kernelsInUse()) : differentiate;
  }

  /**
   * The objective's loss, a mean over the images, and its gradients in the objective's variables, in their order.
   *
   * @param given what the model's inputs are given: scaled pixels [B, H, W, C], and a condition where it has one
   * @param targets intensities [B, H, W, C]
   * @throws Error naming a variable on which the loss does not depend
   */
  at(given: readonly tf.Tensor[], targets: tf.Tensor): { loss: tf.Scalar; gradients: tf.Tensor[] } {
    const { model, variables } = this.objective;
    // The model's other weights, for they may change from step to step as well.
    const weights = model.weights.map((weight) => weight.read());
    const inputs = [targets, ...given, ...new Set([...variables, ...weights])];
    const [loss, ...gradients] = this.compute(inputs) as [tf.Scalar, ...tf.Tensor[]];
    return { loss, gradients };
  }
}

/** The losses of a batch, one an image: [B]. */
const losses: Record<Loss, (output: tf.Tensor, targets: tf.Tensor, levels: number) => tf.Tensor> = {
  nll: (output, targets, levels) => tf.neg(logLikelihood(output, targets, levels)),
  mse: (output, targets, levels) => {
    const pixels = tf.sub(tf.mul(tf.cast(targets, 'float32'), 2 / (levels - 1)), 1);
    return tf.sum(tf.square(tf.sub(expectedPixels(output, levels), pixels)), [1, 2, 3]);
  },
};

function lossAndGradients(
  { model, variables, levels, loss = 'nll' }: Objective,
  given: tf.Tensor[],
  targets: tf.Tensor,
): tf.Tensor[] {
  const { value, grads } = tf.variableGrads(() => {
    const logits = forward(model, given, { training: true });
    return tf.mean(losses[loss](logits, targets, levels)) as tf.Scalar;
  }, [...variables]);
  const gradients = variables.map(({ name }) => {
    const gradient = grads[name];
    if (gradient) return gradient;
    throw new Error(
      `The loss has no gradient in the weight '${name}'. Use it in its layer's call, or leave it out of the variables ` +
        '(trainable: false).',
    );
  });
  return [value, ...gradients];
}
