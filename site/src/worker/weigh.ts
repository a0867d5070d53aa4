import { compressPlan, headerBytes } from '@pixelrnn/generation/plan';
import type { Plan, PlanRun } from '@pixelrnn/kernels/plan';
import { classConditions, modelNamed, type OpenModel } from './openModels.js';
import type { Weighing } from './protocol.js';
import { smallPng } from './smallPng.js';

/** How unlikely an image is, value by value, and the file it is compressed to. */
export async function weigh(name: string, image: Uint8Array, classIndex: number | null): Promise<Weighing> {
  const model = modelNamed(name);
  const nats = walked(model, image, classIndex, { nats: true }, (run) => run.nats());
  // A page that came over plain http from another machine has no SHA-256.
  const file = globalThis.crypto.subtle
    ? await compressPlan(model.plan, image, classIndex === null ? {} : { condition: classIndex })
    : null;
  return { nats, file: file && new Uint8Array(file), header: headerBytes, png: smallPng(image, model.plan) };
}

/** [H, W, C, levels]: the probability of every intensity, given what comes before it in the image. */
export function probabilities(name: string, image: Uint8Array, classIndex: number | null): Float32Array {
  const model = modelNamed(name);
  const logits = walked(model, image, classIndex, { logits: 'all' }, (run) => run.logits());
  return model.plan.output.kind === 'bernoulli' ? ofTwo(logits) : softmax(logits, model.plan);
}

function walked<T>(
  { plan, executor }: OpenModel,
  image: Uint8Array,
  classIndex: number | null,
  asked: { nats?: true; logits?: 'all' },
  result: (run: PlanRun) => T,
): T {
  const conditions = classConditions(plan, classIndex, 1);
  const run = executor.start({ mode: 'take', count: 1, intensities: image, conditions, ...asked });
  try {
    run.advance();
    return result(run);
  } finally {
    run.dispose();
  }
}

function ofTwo(logits: Float32Array): Float32Array {
  const pairs = new Float32Array(2 * logits.length);
  for (const [i, logit] of logits.entries()) {
    pairs[2 * i] = 1 / (1 + Math.exp(logit));
    pairs[2 * i + 1] = 1 / (1 + Math.exp(-logit));
  }
  return pairs;
}

function softmax(logits: Float32Array, { levels }: Plan): Float32Array {
  const all = new Float32Array(logits.length);
  for (let first = 0; first < logits.length; first += levels) {
    const own = logits.subarray(first, first + levels);
    const highest = own.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    const weights = own.map((value) => Math.exp(value - highest));
    const total = weights.reduce((sum, value) => sum + value, 0);
    all.set(
      weights.map((value) => value / total),
      first,
    );
  }
  return all;
}
