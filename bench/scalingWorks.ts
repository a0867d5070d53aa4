import type { Work } from './works.js';

/** What grows: the side of the images, h, the number of blocks or layers, the batch. */
export type ScalingAxis = 'side' | 'h' | 'depth' | 'batch';
type Point = Readonly<Record<ScalingAxis, number>>;

/** A work with its place on every axis. */
export type ScalingWork = Exclude<Work, { model: 'gated' }> & Point;

/** A model of binarized MNIST: each axis grows and shrinks from here, the others stay. */
export const scalingBase: Point = { side: 28, h: 16, depth: 7, batch: 16 };

const values: Readonly<Record<ScalingAxis, readonly number[]>> = {
  side: [7, 14, 20, 28, 40, 56],
  h: [4, 8, 16, 32, 64],
  depth: [1, 2, 4, 7, 14],
  batch: [1, 2, 4, 8, 16, 32, 64],
};

export const scalingAxes = Object.keys(values) as readonly ScalingAxis[];

/** Every point of the plot once, model by model. */
export const scalingWorks: readonly ScalingWork[] = (['pixelcnn', 'row', 'diagonal'] as const).flatMap(
  (model) => [
    scalingWork(model, scalingBase),
    ...scalingAxes.flatMap((axis) =>
      values[axis]
        .filter((value) => value !== scalingBase[axis])
        .map((value) => scalingWork(model, { ...scalingBase, [axis]: value })),
    ),
  ],
);

function scalingWork(model: ScalingWork['model'], point: Point): ScalingWork {
  const { side, h, depth, batch } = point;
  const blocks = model === 'pixelcnn' ? 'blocks' : 'layers';
  const name = `${model} ${side}x${side}x1 h=${h} ${blocks}=${depth} batch=${batch}`;
  const size = { ...point, name, height: side, width: side, colors: 1, levels: 2, headWidth: 32 } as const;
  return model === 'pixelcnn' ? { ...size, model, blocks: depth } : { ...size, model, layers: depth };
}
