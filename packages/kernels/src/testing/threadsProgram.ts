/** Prints the number of threads of the native kernels, and a hash of the bytes of every operation's results. */
import { createHash } from 'node:crypto';
import { loadEngine } from '@pixelrnn/engine';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { kernelsInUse, setKernels } from '../dispatch/choice.js';
import { nativeThreads } from '../native/node.js';
import { bernoulliCrossEntropy, softmaxCrossEntropy } from '../ops/crossEntropy.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import { adamUpdate, rmsPropUpdate } from '../ops/optimizers.js';
import { chainOutputAndGradients, drawChain } from './convolutionChains.js';
import { type Convolution, drawConvolution, outputAndGradients } from './convolutions.js';
import { drawGatedLayer, gatedLayerOutputsAndGradients } from './gatedLayers.js';
import { drawRecurrentLayer, recurrentOutputAndGradients } from './recurrentLayers.js';

await loadEngine({ engine: 'node', quiet: true });
setKernels('fused');

const hash = createHash('sha256');
const add = (tensors: tf.Tensor[]) => {
  for (const tensor of tensors) hash.update(new Uint8Array(tensor.dataSync().buffer));
};

const sizes: [number, number, number, number, number, number][] = [
  [16, 28, 28, 16, 32, 3],
  [3, 17, 23, 32, 16, 5],
  [1, 9, 7, 70, 33, 1],
  [5, 31, 1, 3, 64, 7],
];
sizes.forEach(([batch, height, width, cin, cout, side], seed) => {
  const one: Convolution = {
    ...{ batch, height, width, cin, cout, kernelHeight: side, kernelWidth: side, seed },
    ...{ mask: 'colors', inputActivation: 'relu', activation: seed % 2 ? 'relu' : 'linear' },
    ...{ bias: true, residual: seed % 2 === 0 },
  };
  add(outputAndGradients(one, drawConvolution(one), maskedConv2d));
});

const links = ([1, 3, 1, 1, 5] as const).map((side) => ({ channels: 0, side, relu: true, residual: true }));
for (const kind of [links, links.filter(({ side }) => side === 1)]) {
  const one = { batch: 5, height: 19, width: 17, channels: 48, links: kind, seed: 1 };
  add(chainOutputAndGradients(drawChain({ ...one, colors: 3 })));
}

for (const layer of ['rowLSTM', 'diagonalBiLSTM'] as const) {
  for (const batch of [5, 37]) {
    const sizes = { batch, height: 9, width: 12, cin: 14, h: 19, inputSide: 3, stateSide: 3 };
    const data = drawRecurrentLayer({
      layer,
      ...sizes,
      colors: 3,
      addition: true,
      projection: 'residual',
      seed: batch,
    });
    add(recurrentOutputAndGradients(data));
  }
}

for (const batch of [3, 21]) {
  const sizes = {
    batch,
    height: 11,
    width: 19,
    above: 9,
    left: 5,
    maps: 21,
    kernelHeight: 3,
    kernelWidth: 3,
  };
  const options = { colors: 3, mask: 'B', residual: batch === 3, vector: true, map: true } as const;
  add(gatedLayerOutputsAndGradients(drawGatedLayer({ ...sizes, ...options, seed: batch })));
}

const random = new Random(1);
const normal = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
    shape,
  );
const integers = (shape: number[], levels: number) =>
  tf.tensor(
    Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.integer(levels)),
    shape,
    'int32',
  );

const logits = normal([7, 10, 3, 256]);
const levels = integers([7, 10, 3], 256);
add([softmaxCrossEntropy(logits, levels), tf.grad((x) => softmaxCrossEntropy(x, levels))(logits)]);
const bits = integers([7, 10, 3, 256], 2);
add([bernoulliCrossEntropy(logits, bits), tf.grad((x) => bernoulliCrossEntropy(x, bits))(logits)]);

const lists = () => [normal([100_003]), normal([3, 5])];
const state = { parameters: lists(), gradients: lists(), squares: lists().map((t) => tf.square(t)) };
const rmsProp = rmsPropUpdate(state, { rate: 0.01, decay: 0.9, epsilon: 1e-8 });
add([...rmsProp.parameters, ...rmsProp.squares]);
const hyperparameters = { rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step: 3 };
const adam = adamUpdate({ ...state, means: lists() }, hyperparameters);
add([...adam.parameters, ...adam.means, ...adam.squares]);

console.log(JSON.stringify({ kernels: kernelsInUse(), threads: nativeThreads(), hash: hash.digest('hex') }));
