import { parseOptions } from '@pixelrnn/kernels/options';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { MaskType } from './mask/mask.js';

/** What every layer takes beside its own options. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Names of {@link LayerArgs}, and of what deserialisation adds. */
const ofEveryLayer = new Set([
  'name',
  'customObjects',
  'trainable',
  'updatable',
  'dtype',
  'inputDType',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'weights',
]);

/** The mask of a convolution; either case, because TensorFlow.js saves every string of a configuration in lower case. */
export const maskType = z
  .custom<MaskType>((value) => /^[AB]$/i.test(String(value)), { error: "must be 'A' or 'B'" })
  .transform((value) => value.toUpperCase() as MaskType);

/** What is applied to a map; default linear. */
export const activation = z.enum(['linear', 'relu']).default('linear');

/**
 * A layer's own options, from the arguments of its constructor.
 *
 * @param layer its class
 * @throws Error naming every option at fault
 */
export function layerOptions<T>(layer: string, schema: z.ZodType<T>, args: unknown): T {
  return parseOptions(layer, schema, partOf(args, false));
}

/** The arguments that are not a layer's own. */
export const layerArgs = (args: LayerArgs): LayerArgs => partOf(args, true);

function partOf(args: unknown, shared: boolean): object {
  return Object.fromEntries(Object.entries(args ?? {}).filter(([key]) => ofEveryLayer.has(key) === shared));
}
