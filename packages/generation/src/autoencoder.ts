import * as tf from '@tensorflow/tfjs';
import { GenerationError } from './generationError.js';

/**
 * Whether a model is an auto-encoder, as `viewsOf` of @pixelrnn/models takes it apart. Each pixel of its output depends on the
 * whole image, through the code: it scores images given their codes, and can neither draw nor code them pixel by pixel.
 */
export function isAutoencoder(of: unknown): boolean {
  const layers = (of as Partial<tf.LayersModel> | null)?.layers ?? [];
  const has = (name: string) =>
    layers.some((layer) => layer.name === name && layer instanceof tf.LayersModel);
  return has('encoder') && has('decoder');
}

/** @throws GenerationError `model` for an auto-encoder */
export function refuseAutoencoder(of: unknown): void {
  if (!isAutoencoder(of)) return;
  throw new GenerationError(
    'model',
    'An auto-encoder has an image for a code, which it takes from the whole image: take viewsOf(model).decoder of @pixelrnn/models, and give it codes.',
  );
}
