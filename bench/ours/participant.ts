// Our participant: a program that trains a work on request, as bench/peers/ do it for the others.
import { createInterface } from 'node:readline';
import { type EngineName, loadEngine, matmulSize } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import { flopsPerStep } from '../flops.js';
import type { matmulSchema, oursReadySchema, ParticipantArgument, stepsSchema } from '../protocol.js';
import { trainer } from './training.js';

const warmUpSteps = 3;
const matmulRuns = 4;

type Answer = z.infer<typeof oursReadySchema> | z.infer<typeof stepsSchema> | z.infer<typeof matmulSchema>;
const say = (answer: Answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const argument = JSON.parse(process.argv[2] ?? '') as ParticipantArgument;
// The bench repeats the last line that it hears: the sentence, not Node's trace.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.message}\n`, () => process.exit(1));
});
const { engine, tensorflow, threads, simd } = await loadEngine({ quiet: true });
const { model, run } = trainer(argument);
const loss = await run(1);
await run(warmUpSteps - 1);
await matmulGflops(engine);
say({
  ready: {
    version: tensorflow,
    parameters: model.countParams(),
    loss,
    engine,
    kernels: kernelsInUse(),
    threads,
    simd,
    flopsPerStep: flopsPerStep(model, argument.work.batch),
  },
});

let idleFrom = process.cpuUsage();
for await (const line of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage(idleFrom);
  const request = JSON.parse(line) as { steps: number } | { matmul: true };
  if ('steps' in request) {
    const start = performance.now();
    const loss = await run(request.steps);
    const seconds = (performance.now() - start) / 1000;
    say({ seconds, loss, idleCpuSeconds: (user + system) / 1e6 });
  } else {
    say({ gflops: await matmulGflops(engine) });
  }
  idleFrom = process.cpuUsage();
}

/** Speed of the engine's product of two square matrices, 1e9 operations a second. */
async function matmulGflops(name: EngineName): Promise<number> {
  const size = name === 'node' ? 2048 : matmulSize(name);
  const a = tf.ones<tf.Rank.R2>([size, size]);
  const start = performance.now();
  let product = tf.matMul(a, a);
  for (let i = 1; i < matmulRuns; i++) {
    product.dispose();
    product = tf.matMul(a, a);
  }
  const last = product.slice([0, 0], [1, 1]);
  await last.data(); // a GPU works behind the caller's back until something is read
  const seconds = (performance.now() - start) / 1000;
  tf.dispose([a, product, last]);
  return (matmulRuns * 2 * size ** 3) / seconds / 1e9;
}
