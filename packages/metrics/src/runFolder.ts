import { z } from 'zod';

/** `result.json` of a finished run: everything in nats per image. */
export const runResultSchema = z.strictObject({
  test: z.number(),
  valid: z.number(),
  train: z.number().nullable(),
  /** Images that `test` and `valid` are means over. */
  testImages: z.int(),
  /** Images of the whole test split. */
  testSplit: z.int(),
  validImages: z.int(),
  /** Standard error of `test` over images. */
  testStandardError: z.number(),
  /** `test` of a model that is conditioned on labels where it is told none. */
  testWithoutCondition: z.number().optional(),
  /** Standard error of `valid` over images; older runs have none. */
  validStandardError: z.number().optional(),
  dimensions: z.int(),
  dataset: z.string(),
  parameters: z.int(),
  steps: z.int(),
  images: z.int(),
  seconds: z.number(),
  engine: z.string(),
});

export type RunResult = z.infer<typeof runResultSchema>;

const metricsLineSchema = z.strictObject({
  step: z.int(),
  /** Images seen so far. */
  images: z.int(),
  /** Training seconds so far. */
  seconds: z.number(),
  /** Mean over the steps since the previous line, nats per image. */
  train: z.number().optional(),
  /** Instead of `train` where the loss is `mse`: the squared error of pixels scaled to [-1, 1], summed over an image. */
  squaredError: z.number().optional(),
  /** Mean over the validation images, nats per image. */
  valid: z.number().optional(),
  /** Learning rate of the last of those steps. */
  learningRate: z.number().optional(),
  /** Root mean square, over those steps, of the gradients' global norm before clipping. */
  gradientNorm: z.number().optional(),
  /** Updates of the whole run that were skipped because loss or gradient were not finite. */
  skipped: z.int().optional(),
});

export type MetricsLine = z.infer<typeof metricsLineSchema>;

/**
 * `metrics.jsonl`, one line an entry. A last line that was cut off by a killed run is left out.
 *
 * @throws Error naming the line that is not of the format
 */
export function parseMetricsLog(text: string): MetricsLine[] {
  const lines = text.split('\n');
  lines.pop(); // what follows the last newline: empty, or torn
  return lines.map((line, i) => {
    try {
      return metricsLineSchema.parse(JSON.parse(line));
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      throw new Error(
        `metrics.jsonl, line ${i + 1}: expected a metrics entry, got ${line.slice(0, 80) || 'nothing'} (${why.replaceAll(/\s+/g, ' ')})`,
      );
    }
  });
}
