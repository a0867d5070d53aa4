import type { Work } from './works.js';

/** A row of the bench of sampling; `peers` where PyTorch's loop is measured too. */
export type GenerationWork = Work & { readonly peers: boolean };

const mnist = { height: 28, width: 28, colors: 1, levels: 2, headWidth: 32, h: 16, batch: 16 } as const;
const cifar = { height: 32, width: 32, colors: 3, levels: 256, headWidth: 256, h: 32, batch: 16 } as const;

function grown(
  model: Work['model'],
  changes: { side?: number; depth?: number; batch?: number },
): GenerationWork {
  const { side = 28, depth = 7, batch = 16 } = changes;
  const size = { ...mnist, height: side, width: side, batch, peers: false };
  const depths =
    model === 'pixelcnn' ? ({ model, blocks: depth } as const) : ({ model, layers: depth } as const);
  const name = `${model} ${side}x${side}x1 h=16 ${model === 'pixelcnn' ? 'blocks' : 'layers'}=${depth} count=${batch}`;
  return { ...size, ...depths, name };
}

/** The rows beside PyTorch's loop, then how time grows with the image's side, the depth and the number of images. */
export const generationWorks: readonly GenerationWork[] = [
  ...(['pixelcnn', 'row', 'diagonal'] as const).map((model) => ({ ...grown(model, {}), peers: true })),
  {
    ...{ ...cifar, model: 'pixelcnn', blocks: 12, peers: true },
    name: 'pixelcnn 32x32x3 h=32 blocks=12 head=256 count=16',
  },
  ...(['pixelcnn', 'row', 'diagonal'] as const).flatMap((model) => [
    ...[8, 16, 32, 64].map((side) => grown(model, { side })),
    ...[1, 2, 4, 14].map((depth) => grown(model, { depth })),
    ...[1, 4, 64, 256].map((batch) => grown(model, { batch })),
  ]),
];
