import { generate } from '@pixelrnn/generation';
import { expectedPixels } from '@pixelrnn/metrics';
import { scaleIntensities, viewsOf } from '@pixelrnn/models';
import { labelledGrid } from '@pixelrnn/plots';
import * as tf from '@tensorflow/tfjs';
import type { ImageShape, PictureContext, Pictures } from './experiment.js';
import { trainingShape } from './runner/trainingShape.js';

export const pictureNames = {
  reconstructions: 'reconstructions.png',
  interpolations: 'interpolations.png',
} as const;

/** Samples of one code, and codes on the way from one image to another, both ends among them. */
const samplesOfACode = 3;
const stages = 9;

/** Images [count, H, W, C] of intensities, or of 256 levels whatever those of the data. */
interface Images {
  values: Uint8Array;
  levels: number;
}

/** Images of codes [count, m]; for the same seed with the same noise, image by image. */
type Decode = (codes: Float32Array, count: number, seed: number) => Promise<Images>;

/** Samples of a PixelCNN auto-encoder's decoder: several for the code of each image, and one at each stage between two. */
export function pixelCNNPictures(model: tf.LayersModel, context: PictureContext): Promise<Pictures> {
  const { decoder } = viewsOf(model);
  const { levels } = trainingShape(context.data.train);
  const { signal } = context;
  const decode: Decode = async (condition, count, seed) => {
    const values = await generate(decoder, { count, seed, condition, ...(signal && { signal }) });
    return { values, levels };
  };
  return codePictures(model, context, { decode, label: 'sample', repeats: samplesOfACode });
}

/** The one image that a squared-error auto-encoder has for a code, in grey where the data is black and white. */
export function msePictures(model: tf.LayersModel, context: PictureContext): Promise<Pictures> {
  const { decoder } = viewsOf(model);
  const { levels } = trainingShape(context.data.train);
  const decode: Decode = async (codes, count) =>
    tf.tidy(() => {
      const output = decoder.predict(tf.tensor2d(codes, [count, codes.length / count])) as tf.Tensor;
      const bytes = tf.round(tf.mul(tf.add(expectedPixels(output, levels), 1), 127.5));
      return { values: Uint8Array.from(tf.clipByValue(bytes, 0, 255).dataSync()), levels: 256 };
    });
  return codePictures(model, context, { decode, label: 'mean', repeats: 1 });
}

interface Decoder {
  decode: Decode;
  label: string;
  /** Images of each code that are shown. */
  repeats: number;
}

async function codePictures(
  model: tf.LayersModel,
  { data, count: asked, seed }: PictureContext,
  decoder: Decoder,
): Promise<Pictures> {
  const shape = trainingShape(data.test);
  const count = Math.min(asked, data.test.count);
  const originals = data.test.subset(count).images;
  const codes = encode(model, originals, count, shape);
  const pictures: Pictures = {
    [pictureNames.reconstructions]: await reconstructions({ originals, codes, count, shape, seed }, decoder),
  };
  if (count > 1) {
    pictures[pictureNames.interpolations] = await interpolations(
      { originals, codes, count, shape, seed },
      decoder,
    );
  }
  return pictures;
}

interface Coded {
  originals: Uint8Array;
  /** [count, m] */
  codes: Float32Array;
  count: number;
  shape: ImageShape;
  seed: number;
}

/** A column an image: itself, then images of its code. */
async function reconstructions(
  { originals, codes, count, shape, seed }: Coded,
  { decode, label, repeats }: Decoder,
): Promise<Buffer> {
  const rows = [toBytes({ values: originals, levels: shape.levels })];
  for (let i = 0; i < repeats; i++) rows.push(toBytes(await decode(codes, count, seed + i)));
  const rowLabels = ['original', ...Array.from({ length: repeats }, () => label)];
  return grid(rows, shape, count, { rowLabels });
}

/** A row a pair of neighbours: the first, images of the codes on the straight line between theirs, the second. */
async function interpolations(
  { originals, codes, count, shape, seed }: Coded,
  { decode }: Decoder,
): Promise<Buffer> {
  const pairs = Math.floor(count / 2);
  const size = originals.length / count;
  const m = codes.length / count;
  const bytes = toBytes({ values: originals, levels: shape.levels });
  const columns: Uint8Array[] = [everySecond(bytes, size, pairs, 0)];
  for (let stage = 0; stage < stages; stage++) {
    const t = stage / (stages - 1);
    const between = Float32Array.from({ length: pairs * m }, (_, i) => {
      const at = 2 * Math.floor(i / m) * m + (i % m);
      return (1 - t) * (codes[at] as number) + t * (codes[at + m] as number);
    });
    columns.push(toBytes(await decode(between, pairs, seed)));
  }
  columns.push(everySecond(bytes, size, pairs, 1));
  const rows = Array.from({ length: pairs }, (_, pair) =>
    concatenated(columns.map((column) => column.subarray(pair * size, (pair + 1) * size))),
  );
  const fractions = Array.from({ length: stages }, (_, stage) => `${stage}/${stages - 1}`);
  return grid(rows, shape, stages + 2, { columnLabels: ['from', ...fractions, 'to'] });
}

/** @param rows of `columns` images of 256 levels each */
function grid(
  rows: readonly Uint8Array[],
  { height, width, colors: channels }: ImageShape,
  columns: number,
  labels: { rowLabels?: string[]; columnLabels?: string[] },
): Promise<Buffer> {
  const count = rows.length * columns;
  const images = concatenated(rows);
  return labelledGrid({ images, count, height, width, channels, levels: 256, columns, ...labels });
}

function encode(
  model: tf.LayersModel,
  images: Uint8Array,
  count: number,
  { height, width, colors, levels }: ImageShape,
): Float32Array {
  return tf.tidy(() => {
    const x = scaleIntensities(images, [count, height, width, colors], levels);
    return (viewsOf(model).encoder.predict(x) as tf.Tensor).dataSync() as Float32Array;
  });
}

const toBytes = ({ values, levels }: Images) =>
  levels === 256 ? values : values.map((value) => Math.round((255 * value) / (levels - 1)));

/** Images 0, 2, 4, ... or 1, 3, 5, ... */
const everySecond = (images: Uint8Array, size: number, pairs: number, first: 0 | 1) =>
  concatenated(
    Array.from({ length: pairs }, (_, pair) =>
      images.subarray((2 * pair + first) * size, (2 * pair + first + 1) * size),
    ),
  );

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
