import { type EngineName, loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { forward } from './forward.js';
import { gatedPixelCNN } from './gatedPixelCNN.js';
import { pixelCNNAutoencoder } from './pixelCNNAutoencoder.js';

let engine: EngineName;
beforeAll(async () => {
  ({ engine } = await loadEngine({ quiet: true }));
});

/** x to [x + 1, 2 x], or several inputs to their sum; counts its calls and the tensors that are there in each. */
class Counting extends tf.layers.Layer {
  static className = 'Counting';
  readonly tensors: number[] = [];

  constructor(private readonly outputs: 1 | 2) {
    super({});
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[] {
    this.tensors.push(tf.memory().numTensors);
    const given = Array.isArray(inputs) ? inputs : [inputs];
    return this.outputs === 1
      ? tf.addN(given)
      : [tf.add(given[0] as tf.Tensor, 1), tf.mul(given[0] as tf.Tensor, 2)];
  }

  override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    const one = (Array.isArray(shape[0]) ? shape[0] : shape) as tf.Shape;
    return this.outputs === 1 ? one : [one, one];
  }
}

/** (x + 1) + 2 x = 3 x + 1 by a layer of two outputs and one that reads both, so many times over. */
function chain(times: number): { model: tf.LayersModel; pairs: Counting[]; sums: Counting[] } {
  const input = tf.input({ shape: [2] });
  const pairs = Array.from({ length: times }, () => new Counting(2));
  const sums = Array.from({ length: times }, () => new Counting(1));
  let x: tf.SymbolicTensor = input;
  pairs.forEach((pair, i) => {
    x = (sums[i] as Counting).apply(pair.apply(x) as tf.SymbolicTensor[]) as tf.SymbolicTensor;
  });
  return { model: tf.model({ inputs: input, outputs: x }), pairs, sums };
}

const calls = (layers: Counting[]) => layers.map(({ tensors }) => tensors.length);

describe('forward', () => {
  it.each([false, true])(
    'calls a layer once, whatever the number of its outputs (training: %s)',
    (training) => {
      const { model, pairs, sums } = chain(3);
      const output = tf.tidy(() => forward(model, tf.tensor2d([[1, -1]]), { training }));
      expect(Array.from(output.dataSync())).toEqual([40, -14]); // 1, 4, 13, 40 and -1, -2, -5, -14
      expect(calls(pairs)).toEqual([1, 1, 1]);
      expect(calls(sums)).toEqual([1, 1, 1]);
    },
  );

  it('is needed for that: TensorFlow.js calls it for each of them', () => {
    const { model, pairs } = chain(3);
    tf.tidy(() => model.apply(tf.tensor2d([[1, -1]])) as tf.Tensor);
    expect(calls(pairs)).toEqual([2, 2, 2]);
  });

  it('goes into models inside the model', () => {
    const inner = chain(2);
    const input = tf.input({ shape: [2] });
    const model = tf.model({ inputs: input, outputs: inner.model.apply(input) as tf.SymbolicTensor });
    const output = tf.tidy(() => forward(model, tf.tensor2d([[1, 0]])));
    expect(Array.from(output.dataSync())).toEqual([13, 4]);
    expect(calls(inner.pairs)).toEqual([1, 1]);
  });

  it('calls a sequential model as it is', () => {
    const doubled = tf.sequential({ layers: [tf.layers.reLU({ inputShape: [2] }), tf.layers.reLU()] });
    const input = tf.input({ shape: [2] });
    const model = tf.model({ inputs: input, outputs: doubled.apply(input) as tf.SymbolicTensor });
    const output = tf.tidy(() => forward(model, tf.tensor2d([[3, -3]])));
    expect(Array.from(output.dataSync())).toEqual([3, 0]);
  });

  it('leaves the output alone behind, and in between only what is still to be read', () => {
    const x = tf.tensor2d([[1, -1]]);
    const tensorsOfLast = (training: boolean) => {
      const { model, sums } = chain(20);
      const before = tf.memory().numTensors;
      forward(model, x, { training }).dispose();
      expect(tf.memory().numTensors).toBe(before);
      return ((sums[19] as Counting).tensors[0] as number) - before;
    };
    expect(tensorsOfLast(false)).toBeLessThanOrEqual(4);
    expect(tensorsOfLast(true)).toBe(59); // of 20 pairs and 19 sums
    expect(Array.from(x.dataSync())).toEqual([1, -1]);
    x.dispose();
  });

  it('keeps an input that is also what several layers read', () => {
    const input = tf.input({ shape: [2] });
    const once = new Counting(1).apply([input, input]) as tf.SymbolicTensor;
    const twice = new Counting(1).apply([once, input, once]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: twice });
    const x = tf.tensor2d([[1, 3]]);
    expect(Array.from(forward(model, x).dataSync())).toEqual([5, 15]);
    expect(x.isDisposed).toBe(false);
  });

  it('gives the bits of apply, and the same gradients, of Gated PixelCNN with both conditions', () => {
    const options = { height: 4, width: 5, colors: 1, levels: 2, layers: 2, filters: 4, headWidth: 4 };
    const model = gatedPixelCNN({ ...options, conditionSize: 2, conditionMaps: 1, skip: true });
    const given = [
      [2, 4, 5, 1],
      [2, 2],
      [2, 4, 5, 1],
    ].map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', i + 1));
    const outputs = tf.tidy(() => [forward(model, given), model.apply(given) as tf.Tensor] as const);
    expect(outputs[0].dataSync()).toEqual(outputs[1].dataSync());
    const [ours, theirs] = [
      () => forward(model, given, { training: true }),
      () => model.apply(given, { training: true }) as tf.Tensor,
    ].map((output) => tf.variableGrads(() => tf.sum(tf.square(output())) as tf.Scalar).grads);
    const names = Object.keys(theirs as tf.NamedTensorMap);
    expect(Object.keys(ours as tf.NamedTensorMap)).toEqual(names);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const [our, their] = [ours, theirs].map((grads) => Array.from(grads?.[name]?.dataSync() ?? []));
      expect(our?.length, name).toBeGreaterThan(0);
      // Seen on GPUs to differ in the last bits.
      if (engine === 'gpu') their?.forEach((value, i) => void expect(our?.[i], name).toBeCloseTo(value, 5));
      else expect(our, name).toEqual(their);
    }
    model.dispose();
  });

  it('gives the bits of apply of an auto-encoder, whose decoder is a model', () => {
    const options = { height: 8, width: 8, colors: 1, levels: 2, layers: 2, filters: 4, headWidth: 4 };
    const { autoencoder } = pixelCNNAutoencoder({ ...options, codeSize: 3 });
    const [ours, theirs] = tf.tidy(() => {
      const x = tf.randomUniform([2, 8, 8, 1], -1, 1, 'float32', 1);
      return [forward(autoencoder, x), autoencoder.apply(x) as tf.Tensor];
    }) as [tf.Tensor, tf.Tensor];
    expect(ours.dataSync()).toEqual(theirs.dataSync());
    autoencoder.dispose();
  });

  it('says what it expects of a model and of inputs', () => {
    const input = tf.input({ shape: [2] });
    const pair = new Counting(2).apply(input) as tf.SymbolicTensor[];
    const two = tf.model({ inputs: input, outputs: pair, name: 'two' });
    const x = tf.tensor2d([[1, 2]]);
    expect(() => forward(two, x)).toThrow('forward: expected a model of one output, got 2 of two');
    const one = tf.model({ inputs: input, outputs: pair[0] as tf.SymbolicTensor, name: 'one' });
    expect(() => forward(one, [x, x])).toThrow('forward: expected 1 inputs of one, got 2');
    expect(() => forward(one, tf.zeros([1, 3]))).toThrow(
      `forward: expected [B,2] of input '${input.name}' of one, got [1,3]`,
    );
    expect(() => forward(one, tf.zeros([2]))).toThrow('got [2]');
    expect(() => forward(one, [[1, 2]] as unknown as tf.Tensor[])).toThrow('got no tensor');
  });
});
