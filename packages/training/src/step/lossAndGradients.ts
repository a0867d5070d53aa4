import { RecordedFunction } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import { logLikelihood } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import type { StepContext } from './trainingStep.js';

type Differentiated = Pick<StepContext, 'model' | 'variables' | 'levels'>;

interface Recorded extends Differentiated {
  compute: RecordedFunction;
}

const recorded = new WeakMap<tf.LayersModel, Recorded>();

/**
 * Mean negative log-likelihood in nats per image and its gradients in `variables`, in their order.
 *
 * @param x scaled pixels, `targets` their intensities
 * @throws Error naming a variable on which the loss does not depend
 */
export function lossAndGradients(
  context: Differentiated,
  x: tf.Tensor4D,
  targets: tf.Tensor,
): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  const { model, levels } = context;
  const variables = [...context.variables];
  let known = recorded.get(model);
  if (known?.levels !== levels || !sameVariables(known.variables, variables)) {
    const compute = new RecordedFunction(([x, targets]) =>
      differentiate({ model, variables, levels }, x as tf.Tensor, targets as tf.Tensor),
    );
    known = { model, variables, levels, compute };
    recorded.set(model, known);
  }
  // The model's other weights, for they may change from step to step as well.
  const weights = model.weights.map((weight) => weight.read());
  const inputs = [x, targets, ...new Set([...variables, ...weights])];
  const [loss, ...gradients] = known.compute.run(inputs, kernelsInUse()) as [tf.Scalar, ...tf.Tensor[]];
  return { loss, gradients };
}

function differentiate(
  { model, variables, levels }: Differentiated,
  x: tf.Tensor,
  targets: tf.Tensor,
): tf.Tensor[] {
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.apply(x, { training: true }) as tf.Tensor;
    return tf.neg(tf.mean(logLikelihood(logits, targets, levels))) as tf.Scalar;
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

const sameVariables = (a: readonly tf.Variable[], b: readonly tf.Variable[]) =>
  a.length === b.length && a.every((variable, i) => variable === b[i]);
