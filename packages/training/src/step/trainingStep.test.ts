import { loadEngine } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import { pixelCNN, pixelRNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RMSProp } from '../optimizer/rmsProp.js';
import { stripes } from '../testing/stripes.js';
import { LossAndGradients } from './lossAndGradients.js';
import { trainableVariables } from './objective.js';
import { trainingStep } from './trainingStep.js';

beforeAll(() => loadEngine({ quiet: true }));

function context(blocks: number) {
  const model = pixelCNN({
    height: 6,
    width: 6,
    colors: 1,
    levels: 2,
    blocks,
    h: 4,
    headWidth: 4,
    firstKernel: 3,
  });
  return stepOf(model);
}

function stepOf(model: tf.LayersModel, options?: { replay: boolean }) {
  const variables = trainableVariables(model);
  const lossAndGradients = new LossAndGradients({ model, variables, levels: 2 }, options);
  return { lossAndGradients, optimizer: new RMSProp(variables, { learningRate: 1e-3 }) };
}

describe('trainingStep', () => {
  it('keeps the number of tensors and of bytes constant, and reads nothing back', () => {
    const step = context(2);
    const batches = stripes(32).batches({ batchSize: 8, seed: 0 });
    trainingStep(step, batches.next().value).dispose();
    const { numTensors, numBytes } = tf.memory();
    const backend = tf.backend();
    const { read, readSync } = backend;
    const refuse = () => {
      throw new Error('a tensor was read back inside the step');
    };
    Object.assign(backend, { read: refuse, readSync: refuse });
    try {
      for (let i = 0; i < 10; i++) {
        trainingStep(step, batches.next().value).dispose();
        expect(tf.memory()).toMatchObject({ numTensors, numBytes });
      }
    } finally {
      Object.assign(backend, { read, readSync });
    }
  });

  it('runs all blocks in one fused operation forward and one backward, however many there are', async () => {
    const names = async (blocks: number) => {
      const step = context(blocks);
      const batch = stripes(8).batches({ batchSize: 8, seed: 0 }).next().value;
      trainingStep(step, batch).dispose();
      const { kernels } = await tf.profile(() => trainingStep(step, batch));
      // Neither aliases, which are no work, nor the scopes that tf.profile lists around a tf.customGrad.
      return kernels
        .map(({ name }) => name)
        .filter((name) => name !== 'Identity' && tf.getKernel(name, tf.getBackend()));
    };
    const [two, three] = [await names(2), await names(3)];
    if (kernelsInUse() === 'composed') expect(three.length).toBeGreaterThan(two.length);
    else expect(three).toEqual(two);
  });

  it.each(['row', 'diagonal'] as const)('keeps the number of tensors constant for a %s LSTM too', (cell) => {
    const shape = { height: 6, width: 6, colors: 1, levels: 2 };
    const model = pixelRNN({ ...shape, cell, layers: 2, h: 3, headWidth: 4, firstKernel: 3, skip: true });
    const step = stepOf(model);
    const batches = stripes(32).batches({ batchSize: 8, seed: 0 });
    trainingStep(step, batches.next().value).dispose();
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 5; i++) {
      trainingStep(step, batches.next().value).dispose();
      expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    }
  });

  it('gives the same bits whether the layers are called or operations repeated', async () => {
    const train = async (step: ReturnType<typeof context>, run: (once: () => void) => unknown) => {
      const batches = stripes(32).batches({ batchSize: 8, seed: 0 });
      const losses: number[] = [];
      for (let i = 0; i < 6; i++) {
        await run(() => {
          losses.push(trainingStep(step, batches.next().value).dataSync()[0] as number);
        });
      }
      return {
        losses,
        weights: step.lossAndGradients.objective.variables.map((variable) => [...variable.dataSync()]),
      };
    };
    const repeated = await train(context(2), (once) => once());
    // Inside tf.profile layers are called at every step.
    const called = await train(context(2), (once) => tf.profile(once));
    expect(new Set(called.losses).size).toBe(6);
    expect(repeated).toEqual(called);
  });

  it('calls the layers at every step where they are not to be replayed, to the same bits', () => {
    let calls = 0;
    class Counting extends tf.layers.Layer {
      static className = 'Counting';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        calls++;
        return tf.mul(Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs, 1);
      }
    }
    const losses = (replay: boolean) => {
      const inner = context(1).lossAndGradients.objective.model;
      const outputs = new Counting({}).apply(inner.outputs[0] as tf.SymbolicTensor) as tf.SymbolicTensor;
      const step = stepOf(tf.model({ inputs: inner.inputs, outputs }), { replay });
      const batches = stripes(32).batches({ batchSize: 8, seed: 0 });
      calls = 0;
      return Array.from({ length: 6 }, () => trainingStep(step, batches.next().value).dataSync()[0]);
    };
    const called = losses(false);
    expect(calls).toBe(6);
    expect(losses(true)).toEqual(called);
    if (tf.getBackend() === 'tensorflow') expect(calls).toBeLessThan(6);
  });

  it('says which weight has no gradient', () => {
    class Idle extends tf.layers.Layer {
      static className = 'Idle';
      override build(): void {
        this.addWeight('unused', [1], 'float32', tf.initializers.zeros());
        super.build([]);
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.neg(Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs);
      }
    }
    const inner = context(1).lossAndGradients.objective.model;
    const outputs = new Idle({ name: 'idle' }).apply(inner.outputs[0] as tf.SymbolicTensor);
    const model = tf.model({ inputs: inner.inputs, outputs: outputs as tf.SymbolicTensor });
    const step = stepOf(model);
    const batch = stripes(8).batches({ batchSize: 8, seed: 0 }).next().value;
    expect(() => trainingStep(step, batch)).toThrow("no gradient in the weight 'idle/unused'");
  });

  it('lowers the loss of the batch it saw', () => {
    const step = context(1);
    const batch = stripes(8).batches({ batchSize: 8, seed: 0 }).next().value;
    const first = trainingStep(step, batch).dataSync()[0] as number;
    for (let i = 0; i < 30; i++) trainingStep(step, batch).dispose();
    expect(trainingStep(step, batch).dataSync()[0]).toBeLessThan(first - 1);
  });
});
