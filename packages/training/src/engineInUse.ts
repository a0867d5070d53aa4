import { kernelsInUse } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';

/** Engine, kernels and, where there are several, ranks: others compute the same, but not bit for bit. */
export function engineInUse(ranks = 1): string {
  return `${tf.getBackend()}, ${kernelsInUse()} kernels${ranks > 1 ? `, ${ranks} ranks` : ''}`;
}
