import { noiseOf } from '@pixelrnn/generation/plan';
import { classConditions, modelNamed } from './openModels.js';
import type { Drawing, DrawQuestion } from './protocol.js';

/** Lets messages in, among them that this drawing is not wanted any more; timers would wait 4 ms. */
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Draws images with the noise of `generate`, so that a seed gives the images of `pnpm sample` and `pnpm complete`.
 *
 * @param tell called now and then on the way
 * @returns null once `wanted` is false
 */
export async function draw(
  question: DrawQuestion,
  tell: (drawing: Drawing) => void,
  wanted: () => boolean,
): Promise<Drawing | null> {
  const { count, seed, temperature, classIndex, given, pace } = question;
  const { plan, executor } = modelNamed(question.model);
  const perImage = plan.height * plan.width * plan.colors;
  const binary = plan.output.kind === 'bernoulli';
  const run = executor.start({
    mode: 'draw',
    count,
    temperature,
    uniforms: noiseOf({ seed, first: 0, count, perImage }),
    conditions: classConditions(plan, classIndex, count),
    nats: true,
    ...(binary ? { logits: 'all' } : {}),
    ...(given ? { known: given.known, intensities: repeated(given.image, count) } : {}),
  });
  let computed = 0;
  const drawing = (): Drawing => ({
    position: run.position,
    intensities: run.intensities(),
    probabilities: drawnProbabilities(run.nats(), run.position * plan.colors, perImage),
    ink: binary ? run.logits().map((logit) => 1 / (1 + Math.exp(-logit / temperature))) : null,
    computed,
  });
  try {
    while (run.position < run.pixels) {
      const start = performance.now();
      run.advance(pace.pixels);
      const took = performance.now() - start;
      computed += took;
      if (run.position < run.pixels) tell(drawing());
      await (pace.milliseconds > took ? sleep(pace.milliseconds - took) : breathe());
      if (!wanted()) return null;
    }
    return drawing();
  } finally {
    run.dispose();
  }
}

function drawnProbabilities(nats: Float32Array, done: number, perImage: number): Float32Array {
  return nats.map((value, i) => (i % perImage < done ? Math.exp(-value) : 0));
}

function repeated(image: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(count * image.length);
  for (let i = 0; i < count; i++) all.set(image, i * image.length);
  return all;
}
