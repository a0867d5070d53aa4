import { BenchError } from './benchError.js';

/** A model and its size. */
export type Architecture = {
  readonly height: number;
  readonly width: number;
  readonly colors: number;
  readonly levels: 2 | 256;
  readonly h: number;
  readonly headWidth: number;
} & (
  | { readonly model: 'pixelcnn'; readonly blocks: number }
  | { readonly model: 'row' | 'diagonal'; readonly layers: number }
  | { readonly model: 'gated'; readonly layers: number }
);

/** A model, its size and its batch: what one row of the bench measures. */
export type Work = Architecture & {
  /** As the row names it. */
  readonly name: string;
  readonly batch: number;
};

/** Sizes for binarized MNIST. */
const mnist = { height: 28, width: 28, colors: 1, levels: 2, headWidth: 32, batch: 16 } as const;
/** Sizes for CIFAR-10, with a head that two cores can train. */
const cifar = { height: 32, width: 32, colors: 3, levels: 256, headWidth: 256, batch: 16 } as const;

/** The sizes of binarized MNIST and of CIFAR-10 that two cores train in hours. */
export const trainingWorks: readonly Work[] = [
  { name: 'pixelcnn 28x28x1 h=16 blocks=7 batch=16', model: 'pixelcnn', ...mnist, h: 16, blocks: 7 },
  { name: 'row 28x28x1 h=16 layers=7 batch=16', model: 'row', ...mnist, h: 16, layers: 7 },
  { name: 'diagonal 28x28x1 h=16 layers=7 batch=16', model: 'diagonal', ...mnist, h: 16, layers: 7 },
  { name: 'diagonal 28x28x1 h=32 layers=1 batch=16', model: 'diagonal', ...mnist, h: 32, layers: 1 },
  {
    name: 'pixelcnn 32x32x3 h=32 blocks=12 head=256 batch=16',
    model: 'pixelcnn',
    ...cifar,
    h: 32,
    blocks: 12,
  },
  { name: 'row 32x32x3 h=32 layers=12 head=256 batch=16', model: 'row', ...cifar, h: 32, layers: 12 },
  {
    name: 'diagonal 32x32x3 h=32 layers=12 head=256 batch=16',
    model: 'diagonal',
    ...cifar,
    h: 32,
    layers: 12,
  },
  { name: 'gated 28x28x1 h=16 layers=7 batch=16', model: 'gated', ...mnist, h: 16, layers: 7 },
  { name: 'gated 32x32x3 h=32 layers=12 head=256 batch=16', model: 'gated', ...cifar, h: 32, layers: 12 },
];

/** A work that is trained to a validation likelihood. */
export type NatsWork = Work & {
  /** The constant rate of RMSProp. */
  readonly learningRate: number;
  /** Validation nats per image to be reached, and those that `--quick` is content with. */
  readonly nats: number;
  readonly quickNats: number;
};

/** Models of binarized MNIST, with likelihoods that each reaches within one to three passes over the training images. */
export const natsWorks: readonly NatsWork[] = [
  {
    name: 'pixelcnn 28x28x1 h=16 blocks=7 batch=16',
    model: 'pixelcnn',
    ...mnist,
    h: 16,
    blocks: 7,
    learningRate: 1e-3,
    nats: 95,
    quickNats: 200,
  },
  {
    name: 'diagonal 28x28x1 h=32 layers=1 batch=16',
    model: 'diagonal',
    ...mnist,
    h: 32,
    layers: 1,
    learningRate: 1e-3,
    nats: 90,
    quickNats: 200,
  },
];

/** RMSProp's settings, the same for every participant. */
export const rmsProp = { learningRate: 1e-4, decay: 0.99, epsilon: 1e-8 };

/**
 * The works whose name contains `part`; all without one.
 *
 * @throws BenchError listing the names when there is none
 */
export function pickWorks<T extends { readonly name: string }>(works: readonly T[], part = ''): T[] {
  const picked = works.filter(({ name }) => name.includes(part));
  if (picked.length > 0) return picked;
  const names = works.map(({ name }) => `'${name}'`).join(', ');
  throw new BenchError(`--only must be a part of a row's name, got '${part}'; the rows are ${names}.`, 2);
}
