import { kernelsInUse, liveTaps, maskedConv2d } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';

const x = tf.tensor4d([1, 10, 100], [1, 1, 3, 1]); // one image of three pixels in a row
const kernel = tf.tensor4d([2, 3, 5], [1, 3, 1, 1]);
const mask = tf.tensor4d([1, 0, 0], [1, 3, 1, 1]); // only the pixel to the left
const taps = liveTaps(mask.dataSync(), mask.shape);

const y = maskedConv2d({ x, kernel, mask }, { taps, activation: 'relu' });
console.log(kernelsInUse(), Array.from(y.dataSync())); // native, wasm or composed, and [0, 2, 20]
