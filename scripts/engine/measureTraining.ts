// Trains two small models for a moment on the engine of this process and prints images/s by model as JSON.
import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN, pixelRNN } from '@pixelrnn/models';
import { LossAndGradients, RMSProp, trainableVariables, trainingStep } from '@pixelrnn/training';
import type * as tf from '@tensorflow/tfjs';

/** As small rows of Table 4 on binarized MNIST have them. */
const size = { height: 28, width: 28, colors: 1, levels: 2, h: 16, headWidth: 32 } as const;
const batch = 16;
const models: Record<string, () => tf.LayersModel> = {
  PixelCNN: () => pixelCNN({ ...size, blocks: 4 }),
  'Diagonal BiLSTM': () => pixelRNN({ ...size, cell: 'diagonal', layers: 2 }),
};
/** Steps before the clock starts: native TensorFlow is handed a step's operations once two have agreed on them. */
const warmUp = 3;

/** @returns training speed of whole steps, images/s */
async function measure(model: tf.LayersModel, milliseconds: number): Promise<number> {
  const variables = trainableVariables(model);
  const lossAndGradients = new LossAndGradients({ model, variables, levels: size.levels });
  const optimizer = new RMSProp(variables, { learningRate: 1e-4, decay: 0.99, epsilon: 1e-8 });
  const intensities = Uint8Array.from({ length: batch * size.height * size.width }, (_, i) => (i % 7) & 1);
  const shape: [number, number, number, number] = [batch, size.height, size.width, size.colors];
  const run = async (steps: number) => {
    for (let i = 0; i < steps; i++) {
      const loss = trainingStep({ lossAndGradients, optimizer }, { intensities, shape });
      if (i === steps - 1) await loss.data();
      loss.dispose();
    }
  };
  await run(warmUp);
  const start = performance.now();
  let steps = 0;
  let elapsed = 0; // ms
  for (; elapsed < milliseconds; elapsed = performance.now() - start, steps++) await run(1);
  optimizer.dispose();
  model.dispose();
  return (1000 * steps * batch) / elapsed;
}

const milliseconds = Number(process.argv[2]);
await loadEngine({ quiet: true });
const speeds: Record<string, number> = {};
for (const [name, make] of Object.entries(models)) speeds[name] = await measure(make(), milliseconds);
console.log(JSON.stringify(speeds));
