// Our participant: a program that trains a work on request, as bench/peers/ do it for the others.
import { createInterface } from 'node:readline';
import { loadEngine } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import type { z } from 'zod';
import { flopsPerStep } from '../flops.js';
import type { matmulSchema, oursReadySchema, ParticipantArgument, stepsSchema } from '../protocol.js';
import { matmulGflops } from './matmulGflops.js';
import { trainer } from './training.js';

const warmUpSteps = 3;

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
