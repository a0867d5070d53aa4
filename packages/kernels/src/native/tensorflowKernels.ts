import * as tf from '@tensorflow/tfjs';
import { kernelNames } from '../dispatch/kernelNames.js';
import type {
  ChainAttributes,
  ConvAttributes,
  FusedKernelSet,
  LstmAttributes,
  LstmBackwardAttributes,
  LstmBackwardInputs,
  LstmForwardInputs,
  LstmInputs,
} from '../dispatch/kernelSet.js';

interface OpAttribute {
  name: string;
  type: number;
  value: number | boolean | number[];
}

/** What TensorFlow's backend in Node has beside the common interface. */
export interface TensorflowBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_ATTR_INT: number; readonly TF_ATTR_BOOL: number };
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

/** The operations as custom ops, which the addon has made known to TensorFlow. */
export function tensorflowKernels(backend: TensorflowBackend): FusedKernelSet {
  const { TF_ATTR_INT, TF_ATTR_BOOL } = backend.binding;
  const integer = (name: string, value: number | number[]) => ({ name, type: TF_ATTR_INT, value });
  const flag = (name: string, value: boolean) => ({ name, type: TF_ATTR_BOOL, value });
  const convolution = ({ taps, inputRelu, outputRelu }: ConvAttributes) => [
    integer('taps', taps),
    flag('input_relu', inputRelu),
    flag('output_relu', outputRelu),
  ];
  const chain = ({ taps, inputRelus, residuals }: ChainAttributes) => [
    integer('count', taps.length),
    integer('taps', taps.flat()),
    integer(
      'tap_counts',
      taps.map((list) => list.length / 2),
    ),
    integer('input_relus', inputRelus.map(Number)),
    integer('residuals', residuals),
  ];
  const single = (name: string, inputs: tf.TensorInfo[], attributes: OpAttribute[] = []) =>
    backend.executeMultipleOutputs(name, attributes, inputs, 1)[0] as tf.Tensor;
  const lstmInputs = ({ upKernel, upMask, upBias, ...inputs }: LstmInputs) => [
    ...[inputs.x, inputs.inputKernel, inputs.inputMask, inputs.bias],
    ...[inputs.stateKernel, inputs.initialHidden, inputs.initialCell],
    ...(upKernel && upMask && upBias ? [upKernel, upMask, upBias] : []),
  ];
  const lstmCounts = ({ upKernel }: LstmInputs, residual: boolean, additions: number) => [
    integer('projections', upKernel ? 1 : 0),
    integer('additions', additions),
    flag('residual', residual),
  ];
  const lstm = (
    name: string,
    inputs: LstmForwardInputs,
    { residual }: LstmAttributes,
    attributes: OpAttribute[],
  ) => {
    const additions = inputs.addition ? [inputs.addition] : [];
    const all = [...attributes, ...lstmCounts(inputs, residual, additions.length)];
    const outputs = inputs.upKernel ? 3 : 2;
    return backend.executeMultipleOutputs(name, all, [...lstmInputs(inputs), ...additions], outputs);
  };
  const lstmBackward = (
    name: string,
    inputs: LstmBackwardInputs,
    { residual, additionGradient }: LstmBackwardAttributes,
    attributes: OpAttribute[],
  ) => {
    const { gates, hidden, dy } = inputs;
    const given = [...lstmInputs(inputs), gates, ...(hidden ? [hidden] : []), dy];
    const all = [...attributes, ...lstmCounts(inputs, residual, Number(additionGradient))];
    const outputs = (inputs.upKernel ? 8 : 6) + Number(additionGradient);
    return backend.executeMultipleOutputs(name, all, given, outputs);
  };

  const update = (name: string, lists: readonly (readonly tf.TensorInfo[])[], first: tf.Tensor[]) => {
    const count = (lists[0] as tf.TensorInfo[]).length;
    try {
      const outputs = (lists.length - 1) * count;
      const inputs = [...first, ...lists.flat()];
      return backend.executeMultipleOutputs(name, [integer('count', count)], inputs, outputs);
    } finally {
      tf.dispose(first);
    }
  };

  return {
    kind: 'native',

    maskedConv2d({ x, kernel, mask, bias, residual }, attributes) {
      return single(
        kernelNames.maskedConv2d,
        [x, kernel, mask, ...(bias ? [bias] : []), ...(residual ? [residual] : [])],
        [...convolution(attributes), integer('biases', bias ? 1 : 0), integer('residuals', residual ? 1 : 0)],
      );
    },

    maskedConv2dBackward({ x, kernel, mask, y, dy }, attributes) {
      const { inputGradient, biasGradient } = attributes;
      const counts = [
        integer('outputs', y ? 1 : 0),
        integer('input_gradients', inputGradient ? 1 : 0),
        integer('bias_gradients', biasGradient ? 1 : 0),
      ];
      return backend.executeMultipleOutputs(
        kernelNames.maskedConv2dBackward,
        [...convolution(attributes), ...counts],
        [x, kernel, mask, dy, ...(y ? [y] : [])],
        1 + Number(inputGradient) + Number(biasGradient),
      );
    },

    chain({ x, kernels, masks, biases }, attributes) {
      const inputs = [x, ...kernels, ...masks, ...biases];
      return backend.executeMultipleOutputs(kernelNames.chain, chain(attributes), inputs, 2);
    },

    chainBackward({ x, kernels, masks, saved, dy }, attributes) {
      const inputs = [x, dy, ...saved, ...kernels, ...masks];
      const outputs = 1 + 2 * kernels.length;
      return backend.executeMultipleOutputs(kernelNames.chainBackward, chain(attributes), inputs, outputs);
    },

    gatedConv2d({ x, kernel, mask, bias, vector, map }, { taps }) {
      const optional = [bias, vector, map];
      const counts = ['biases', 'vectors', 'maps'].map((name, i) => integer(name, optional[i] ? 1 : 0));
      const given = optional.filter((tensor) => tensor !== undefined);
      const attributes = [integer('taps', taps), ...counts];
      return backend.executeMultipleOutputs(
        kernelNames.gatedConv2d,
        attributes,
        [x, kernel, mask, ...given],
        2,
      );
    },

    gatedConv2dBackward({ x, kernel, mask, halves, dy }, { taps, ...counts }) {
      const list = Object.entries(counts).map(([name, count]) => integer(name, count));
      const outputs = 2 + counts.biases + counts.vectors + counts.maps;
      const inputs = [x, kernel, mask, halves, dy];
      const attributes = [integer('taps', taps), ...list];
      return backend.executeMultipleOutputs(kernelNames.gatedConv2dBackward, attributes, inputs, outputs);
    },

    rowLSTM(inputs, attributes) {
      return lstm(kernelNames.rowLSTM, inputs, attributes, [integer('taps', attributes.taps)]);
    },

    rowLSTMBackward(inputs, attributes) {
      const taps = integer('taps', attributes.taps);
      return lstmBackward(kernelNames.rowLSTMBackward, inputs, attributes, [taps]);
    },

    diagonalBiLSTM(inputs, attributes) {
      return lstm(kernelNames.diagonalBiLSTM, inputs, attributes, []);
    },

    diagonalBiLSTMBackward(inputs, attributes) {
      return lstmBackward(kernelNames.diagonalBiLSTMBackward, inputs, attributes, []);
    },

    softmaxCrossEntropy({ logits, labels }) {
      return backend.executeMultipleOutputs(kernelNames.softmaxCrossEntropy, [], [logits, labels], 2);
    },

    softmaxCrossEntropyBackward({ logits, labels, normaliser, dnats }) {
      return single(kernelNames.softmaxCrossEntropyBackward, [logits, labels, normaliser, dnats]);
    },

    bernoulliCrossEntropy({ logits, labels }) {
      return single(kernelNames.bernoulliCrossEntropy, [logits, labels]);
    },

    bernoulliCrossEntropyBackward({ logits, labels, dnats }) {
      return single(kernelNames.bernoulliCrossEntropyBackward, [logits, labels, dnats]);
    },

    rmsProp(lists, { rate, decay, epsilon }) {
      return update(kernelNames.rmsProp, lists, [tf.tensor1d([rate, decay, epsilon])]);
    },

    adam(lists, { rate, beta1, beta2, epsilon, step }) {
      const hyperparameters = tf.tensor1d([rate, beta1, beta2, epsilon]);
      return update(kernelNames.adam, lists, [hyperparameters, tf.scalar(step, 'int32')]);
    },
  };
}
