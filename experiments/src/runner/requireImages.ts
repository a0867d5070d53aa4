import type { DatasetSplits } from '@pixelrnn/data';

/** Settings that count images, and the split whose images they are. */
const counted: Record<string, keyof DatasetSplits> = {
  batchSize: 'train',
  trainImages: 'train',
  validImages: 'valid',
  testImages: 'test',
};

export const splitWords = { train: 'training', valid: 'validation', test: 'test' };

/** @throws Error, before anything is trained or thrown away, for a setting that asks for more images than there are */
export function requireImages(settings: Record<string, unknown>, data: DatasetSplits): void {
  for (const [key, split] of Object.entries(counted)) {
    const asked = settings[key];
    const { count, name } = data[split];
    if (typeof asked !== 'number' || asked <= count) continue;
    throw new Error(
      `${key}: expected at most ${count.toLocaleString('en-US')}, the ${splitWords[split]} images of ${name}, got ${asked}; lower --set ${key}.`,
    );
  }
}
