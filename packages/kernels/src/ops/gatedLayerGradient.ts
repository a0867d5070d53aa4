import type * as tf from '@tensorflow/tfjs';
import { outsideInnermostTidy } from '../dispatch/outsideScope.js';
import { runKernel } from '../dispatch/runKernel.js';
import type { GatedLayerAttributes } from '../fused/gatedLayer.js';

const four = (name: string) => [0, 1, 2, 3].map((i) => `${name}/${i}`);

/** What {@link gatedLayerGradient} is handed of the inputs; the outputs `sums` and `halves` follow. */
export const gatedLayerSaved = ['v', 'h', ...four('kernels'), ...four('masks')];

/**
 * All gradients come from one kernel, run at the first that is asked for. Inputs are asked for in the order in which they
 * were given, v and h first; if neither is, nothing depends on their gradients and these are not computed.
 */
export const gatedLayerGradient: tf.GradFunc = (dys, saved, attributes) => {
  const [nextV, nextH] = dys as [tf.Tensor, tf.Tensor];
  const named = [...gatedLayerSaved, 'sums', 'halves'].map((name, i) => [name, saved[i] as tf.Tensor]);
  const inputs = { ...Object.fromEntries(named), nextV, nextH } as tf.NamedTensorMap;
  const layer = attributes as GatedLayerAttributes;
  let gradients: Map<string, tf.Tensor> | undefined;
  const gradient = (name: string) => () => {
    if (!gradients) {
      const inputGradients = name === 'v' || name === 'h';
      const names = [
        ...(inputGradients ? ['v', 'h'] : []),
        ...[...four('kernels'), ...four('biases')],
        ...[...(layer.vectorGradient ? ['vector'] : []), ...(layer.mapGradient ? ['map'] : [])],
      ];
      const computed = outsideInnermostTidy(() =>
        runKernel('gatedLayerBackward', inputs, { ...layer, inputGradients }),
      );
      gradients = new Map(names.map((name, i) => [name, computed[i] as tf.Tensor]));
    }
    return gradients.get(name) as tf.Tensor;
  };
  const names = ['v', 'h', ...four('kernels'), ...four('biases'), 'vector', 'map'];
  return Object.fromEntries(names.map((name) => [name, gradient(name)]));
};
