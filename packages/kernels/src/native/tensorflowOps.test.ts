import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { kernelsInUse, whyComposed } from '../dispatch/choice.js';
import { runOp as run } from '../testing/tensorflowOp.js';

const { engine } = await loadEngine({ quiet: true });

if (kernelsInUse() === 'native') describeOps();
else {
  test(`native kernels say why they are not there (engine ${engine})`, () => {
    expect(whyComposed() ?? kernelsInUse()).toMatch(/^The backend '.+' has no fused kernels: .+\.$|^wasm$/);
  });
}

function describeOps(): void {
  const x = tf.zeros([1, 2, 3, 2]);
  const kernel = tf.zeros([3, 3, 2, 4]);
  const y = tf.zeros([1, 2, 3, 4]);
  const bias = tf.zeros([4]);
  const conv = { taps: [0, 0, 1, 1], input_relu: false, output_relu: false };
  const none = { biases: 0, residuals: 0 };
  const backward = { outputs: 0, input_gradients: 1, bias_gradients: 1 };

  describe('a custom op refuses, with a sentence instead of a crash:', () => {
    const forward: [string, Record<string, number | boolean | number[]>, tf.Tensor[], string][] = [
      [
        'x of rank 3',
        none,
        [tf.zeros([2, 3, 2]), kernel, kernel],
        'x must be a non-empty [B, H, W, Cin], got [2,3,2]',
      ],
      [
        'an empty x',
        none,
        [tf.zeros([0, 2, 3, 2]), kernel, kernel],
        'x must be a non-empty [B, H, W, Cin], got [0,2,3,2]',
      ],
      [
        'a kernel of rank 2',
        none,
        [x, tf.zeros([3, 3]), kernel],
        'kernel must be a non-empty [kh, kw, Cin, Cout], got [3,3]',
      ],
      [
        'other channels',
        none,
        [tf.zeros([1, 2, 3, 5]), kernel, kernel],
        'x [1,2,3,5] and kernel [3,3,2,4] differ in Cin',
      ],
      [
        'another mask',
        none,
        [x, kernel, tf.zeros([3, 3, 2, 1])],
        "mask [3,3,2,1] must have the kernel's shape [3,3,2,4]",
      ],
      [
        'another bias',
        { biases: 1, residuals: 0 },
        [x, kernel, kernel, tf.zeros([3])],
        'bias must be [4], got [3]',
      ],
      [
        'another residual',
        { biases: 1, residuals: 1 },
        [x, kernel, kernel, bias, x],
        'residual must be [1,2,3,4], got [1,2,3,2]',
      ],
      [
        'a tap outside',
        { ...none, taps: [0, 3] },
        [x, kernel, kernel],
        'tap (0, 3) lies outside the kernel [3,3,2,4]',
      ],
      [
        'a tap below zero',
        { ...none, taps: [-1, 0] },
        [x, kernel, kernel],
        'tap (-1, 0) lies outside the kernel [3,3,2,4]',
      ],
      [
        'a tap twice',
        { ...none, taps: [1, 1, 0, 0, 1, 1] },
        [x, kernel, kernel],
        'tap (1, 1) is given twice',
      ],
      [
        'no taps',
        { ...none, taps: [] },
        [x, kernel, kernel],
        'taps must be at least one pair of row and column, got 0 numbers',
      ],
      [
        'half a tap',
        { ...none, taps: [1] },
        [x, kernel, kernel],
        'taps must be at least one pair of row and column, got 1 numbers',
      ],
      [
        'a residual after a ReLU',
        { ...none, residuals: 1, output_relu: true },
        [x, kernel, kernel, y],
        'output_relu cannot be combined with a residual',
      ],
    ];
    test.each(forward)('PixelrnnMaskedConv2d, %s', (_, attributes, inputs, message) => {
      const call = () => run('PixelrnnMaskedConv2d', { ...conv, ...attributes }, inputs);
      expect(call).toThrow(`PixelrnnMaskedConv2d: ${message}`);
    });

    const backwards: [string, Record<string, number | boolean>, tf.Tensor[], string][] = [
      ['another dy', {}, [x, kernel, kernel, x], 'dy must be [1,2,3,4], got [1,2,3,2]'],
      ['another y', { outputs: 1 }, [x, kernel, kernel, y, x], 'y must be [1,2,3,4], got [1,2,3,2]'],
      [
        'a ReLU without y',
        { output_relu: true },
        [x, kernel, kernel, y],
        'output_relu needs the forward output y',
      ],
    ];
    test.each(backwards)('PixelrnnMaskedConv2dBackward, %s', (_, attributes, inputs, message) => {
      const call = () =>
        run('PixelrnnMaskedConv2dBackward', { ...conv, ...backward, ...attributes }, inputs, 3);
      expect(call).toThrow(`PixelrnnMaskedConv2dBackward: ${message}`);
    });

    const two = {
      count: 2,
      taps: [0, 0, 0, 0],
      tap_counts: [1, 1],
      input_relus: [1, 0],
      residuals: [-1, 0],
    };
    const kernels = [tf.zeros([1, 1, 2, 2]), tf.zeros([1, 1, 2, 2])];
    const biases = [tf.zeros([2]), tf.zeros([2])];
    const given = [x, ...kernels, ...kernels, ...biases];
    const wide = [tf.zeros([1, 1, 2, 2]), tf.zeros([1, 1, 2, 4])];
    const chains: [string, string, object, tf.Tensor[], string][] = [
      ['another bias', '', {}, [...given.slice(0, 6), bias], 'bias must be [2], got [4]'],
      [
        'a residual of other channels',
        '',
        {},
        [x, ...wide, ...wide, tf.zeros([2]), bias],
        'the input of convolution 0, 2 channels, cannot be added to the output [1,2,3,4] of convolution 1',
      ],
      [
        'a residual from later on',
        '',
        { residuals: [1, -1] },
        given,
        'residuals[0] must be -1 or a convolution up to it',
      ],
      ['a residual twice', '', { residuals: [0, 0] }, given, 'the input of convolution 0 is added twice'],
      ['too few taps', '', { tap_counts: [1, 2] }, given, 'tap_counts[1] must be within the taps, got 2'],
      ['too few residuals', '', { residuals: [-1] }, given, 'input_relus and residuals must be as many as'],
      ['other maps', 'Backward', {}, [x, x, y, ...kernels, ...kernels], 'maps must be [16], got [1,2,3,4]'],
      [
        'another dy',
        'Backward',
        {},
        [x, y, tf.zeros([16]), ...kernels, ...kernels],
        'dy must be [1,2,3,2], got [1,2,3,4]',
      ],
    ];
    test.each(chains)('PixelrnnConvolutionChain, %s', (_, suffix, attributes, inputs, message) => {
      const name = `PixelrnnConvolutionChain${suffix}`;
      expect(() => run(name, { ...two, ...attributes }, inputs, suffix ? 5 : 2)).toThrow(
        `${name}: ${message}`,
      );
    });

    const logits = tf.zeros([2, 3, 4]);
    const labels = tf.zeros([2, 3], 'int32');
    const high = tf.tensor2d([0, 1, 2, 3, 4, 0], [2, 3], 'int32');
    const low = tf.tensor2d([0, -1, 2, 3, 4, 0], [2, 3], 'int32');
    const dnats = tf.zeros([2]);
    const entropies: [string, string, tf.Tensor[], string][] = [
      [
        'SoftmaxCrossEntropy',
        'a label above',
        [logits, high],
        'label 4 at position 4 of labels [2,3] lies outside 0 .. 3',
      ],
      [
        'SoftmaxCrossEntropy',
        'a label below',
        [logits, low],
        'label -1 at position 1 of labels [2,3] lies outside 0 .. 3',
      ],
      [
        'SoftmaxCrossEntropy',
        'other labels',
        [logits, tf.zeros([2, 4], 'int32')],
        'labels must be [2,3], got [2,4]',
      ],
      [
        'SoftmaxCrossEntropy',
        'a scalar',
        [tf.scalar(1), labels],
        'logits must be a non-empty [B, ..., L], got []',
      ],
      [
        'SoftmaxCrossEntropy',
        'empty logits',
        [tf.zeros([2, 0]), tf.zeros([2], 'int32')],
        'logits must be a non-empty [B, ..., L], got [2,0]',
      ],
      [
        'SoftmaxCrossEntropyBackward',
        'a label above',
        [logits, high, tf.zeros([2, 3]), dnats],
        'label 4 at position 4 of labels [2,3] lies outside 0 .. 3',
      ],
      [
        'SoftmaxCrossEntropyBackward',
        'another normaliser',
        [logits, labels, dnats, dnats],
        'normaliser must be [2,3], got [2]',
      ],
      [
        'SoftmaxCrossEntropyBackward',
        'other dnats',
        [logits, labels, tf.zeros([2, 3]), tf.zeros([3])],
        'dnats must be [2], got [3]',
      ],
      [
        'BernoulliCrossEntropy',
        'a label above',
        [tf.zeros([2, 3]), high],
        'label 2 at position 2 of labels [2,3] lies outside 0 .. 1',
      ],
      ['BernoulliCrossEntropy', 'other labels', [tf.zeros([2]), labels], 'labels must be [2], got [2,3]'],
      [
        'BernoulliCrossEntropyBackward',
        'a label below',
        [tf.zeros([2, 3]), low, dnats],
        'label -1 at position 1 of labels [2,3] lies outside 0 .. 1',
      ],
      [
        'BernoulliCrossEntropyBackward',
        'other dnats',
        [tf.zeros([2, 3]), labels, bias],
        'dnats must be [2], got [4]',
      ],
    ];
    test.each(entropies)('Pixelrnn%s, %s', (name, _, inputs, message) => {
      const outputs = name === 'SoftmaxCrossEntropy' ? 2 : 1;
      expect(() => run(`Pixelrnn${name}`, {}, inputs, outputs)).toThrow(`Pixelrnn${name}: ${message}`);
    });

    const step = tf.scalar(1, 'int32');
    const optimizers: [string, string, tf.Tensor[], string][] = [
      ['RmsProp', 'other hyperparameters', [bias, bias, bias, bias], 'hyperparameters must be [3], got [4]'],
      [
        'RmsProp',
        'another parameter',
        [tf.zeros([3]), bias, dnats, bias],
        'parameters[0] must be [4] like its gradient, got [2]',
      ],
      [
        'Adam',
        'another state',
        [bias, step, bias, bias, bias, dnats],
        'states[0] must be [4] like its gradient, got [2]',
      ],
      [
        'Adam',
        'a list of steps',
        [bias, tf.zeros([1], 'int32'), bias, bias, bias, bias],
        'step must be a scalar, got [1]',
      ],
      [
        'Adam',
        'step 0',
        [bias, tf.scalar(0, 'int32'), bias, bias, bias, bias],
        'step must be an integer from 1, got 0',
      ],
    ];
    test.each(optimizers)('Pixelrnn%s, %s', (name, _, inputs, message) => {
      const outputs = name === 'Adam' ? 3 : 2;
      expect(() => run(`Pixelrnn${name}`, { count: 1 }, inputs, outputs)).toThrow(
        `Pixelrnn${name}: ${message}`,
      );
    });

    test('other types', () => {
      const integers = tf.zeros([1, 2, 3, 2], 'int32');
      expect(() => run('PixelrnnMaskedConv2d', { ...conv, ...none }, [integers, kernel, kernel])).toThrow(
        /float/,
      );
      expect(() => run('PixelrnnBernoulliCrossEntropy', {}, [y, y])).toThrow(/int32/);
    });
  });
}
