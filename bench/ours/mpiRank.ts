// One rank of `pnpm bench mpi`: rank 0 takes requests from stdin, as participant.ts does, and has the others join in.
import { createInterface } from 'node:readline';
import { loadEngine } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import { openCommunicator } from '@pixelrnn/mpi';
import { flopsPerStep } from '../flops.js';
import type { MpiRankAnswer, MpiRankRequest, ParticipantArgument } from '../protocol.js';
import { trainer } from './training.js';

const warmUpSteps = 3;

const argument = JSON.parse(process.argv[2] ?? '') as ParticipantArgument;
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.message}\n`, () => process.exit(1));
});
const communicator = await openCommunicator();
const { engine, tensorflow, threads, simd } = await loadEngine({ quiet: true });
const { model, run, reduce } = trainer(argument, communicator);
const say = (answer: MpiRankAnswer) => {
  if (communicator.rank === 0) process.stdout.write(`${JSON.stringify(answer)}\n`);
};

async function answer(request: MpiRankRequest): Promise<void> {
  communicator.barrier();
  const start = performance.now();
  if ('steps' in request) await run(request.steps);
  else reduce(request.reductions);
  say({ seconds: (performance.now() - start) / 1000 });
}

await run(warmUpSteps);
say({
  ready: {
    version: tensorflow,
    parameters: model.countParams(),
    ranks: communicator.size,
    engine,
    kernels: kernelsInUse(),
    threads,
    simd,
    flopsPerStep: flopsPerStep(model, argument.work.batch),
  },
});
if (communicator.rank === 0) {
  for await (const line of createInterface({ input: process.stdin })) {
    communicator.broadcast(Buffer.from(line));
    await answer(JSON.parse(line) as MpiRankRequest);
  }
  communicator.broadcast(Buffer.from('null'));
} else {
  for (;;) {
    const request = JSON.parse(Buffer.from(communicator.broadcast()).toString()) as MpiRankRequest | null;
    if (request === null) break;
    await answer(request);
  }
}
