import { loadBinarizedMnist } from '@pixelrnn/data';
import { compress, decompress, imageShapeOf, likelihood } from '@pixelrnn/generation';
import { bitsPerDim } from '@pixelrnn/metrics';
import { pixelCNN } from '@pixelrnn/models';
import { imageGrid } from '@pixelrnn/plots';
import { train } from '@pixelrnn/training';
import sharp from 'sharp';
import type { GenerationReport } from './generationReport.js';

export interface CompressionPace {
  /** How long the model is trained before: an untrained one compresses nothing. */
  steps: number;
  /** Images taken from the test split. */
  images: number;
}

/** Size and speed of compression of binarized MNIST, beside PNG and WebP of all images in one picture. */
export async function measureCompression({
  steps,
  images: count,
}: CompressionPace): Promise<GenerationReport['compression']> {
  const data = await loadBinarizedMnist({ kind: 'seeded' });
  const test = data.test.subset(count);
  const shape = { height: 28, width: 28, colors: 1, levels: 2 };
  const model = pixelCNN({ ...shape, blocks: 7, h: 16, headWidth: 32 });
  const options = {
    steps,
    batchSize: 16,
    seed: 0,
    learningRate: 1e-3,
    optimizer: 'adam',
    logEvery: steps,
  } as const;
  await train(
    model,
    { ...options, validateEvery: steps },
    { train: data.train, valid: data.valid.subset(16) },
  );
  const { images } = test;
  const megabytes = images.length / 1e6;
  const { nats } = await likelihood(model, images);
  const start = performance.now();
  const file = await compress(model, images);
  const compressed = performance.now();
  await decompress(model, file);
  const decompressed = performance.now();
  const perDim = (bytes: number) => (8 * bytes) / images.length;
  const sheet = await imageGrid({ ...imageShapeOf(model), images, count, scale: 1, gap: 0 });
  const png = await sharp(sheet)
    .png({ palette: true, colours: 2, compressionLevel: 9, effort: 10 })
    .toBuffer();
  const webp = await sharp(sheet).webp({ lossless: true, effort: 6 }).toBuffer();
  model.dispose();
  return {
    work: `pixelcnn 28x28x1 h=16 blocks=7, ${data.test.name}, trained ${steps} steps`,
    unit: 'bits/dim',
    images: count,
    nll: bitsPerDim(nats.reduce((sum, value) => sum + value, 0) / count, images.length / count),
    ours: perDim(file.length),
    peers: { png: perDim(png.length), webp: perDim(webp.length), jpegXl: null },
    absent: { jpegXl: 'The image library of this workspace, sharp, is built without JPEG XL.' },
    megabytesPerSecond: {
      compress: (1000 * megabytes) / (compressed - start),
      decompress: (1000 * megabytes) / (decompressed - compressed),
    },
  };
}
