/** A model, its size and its batch: what one row of the bench measures. */
export interface Work {
  /** As the row names it. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly colors: number;
  readonly levels: 2 | 256;
  readonly h: number;
  readonly blocks: number;
  readonly headWidth: number;
  readonly batch: number;
}

/** The sizes of binarized MNIST and of CIFAR-10 that two cores train in hours. */
export const trainingWorks: readonly Work[] = [
  {
    name: 'pixelcnn 28x28x1 h=16 blocks=7 batch=16',
    height: 28,
    width: 28,
    colors: 1,
    levels: 2,
    h: 16,
    blocks: 7,
    headWidth: 32,
    batch: 16,
  },
  {
    name: 'pixelcnn 32x32x3 h=32 blocks=12 head=256 batch=16',
    height: 32,
    width: 32,
    colors: 3,
    levels: 256,
    h: 32,
    blocks: 12,
    headWidth: 256,
    batch: 16,
  },
];

/** RMSProp's settings, the same for every participant. */
export const rmsProp = { learningRate: 1e-4, decay: 0.99, epsilon: 1e-8 };
