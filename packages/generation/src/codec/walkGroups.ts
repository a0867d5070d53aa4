import { type ConditionValues, sliceCondition } from '../condition.js';
import { type OpenExecutor, openExecutor } from '../executor.js';
import { type ImageShape, perImage } from '../imageShape.js';
import { type RunOptions, signalOf } from '../runOptions.js';
import type { Stage } from './stage.js';

/** Intensities that share one code, about. */
const perGroup = 2 ** 18;

/**
 * Images that share one code: enough that its end and its length do not count. A part of the format: it follows from the
 * shape alone, so that a file is the same however the work is divided.
 */
const groupSize = (shape: ImageShape): number => Math.max(1, Math.floor(perGroup / perImage(shape)));

/** Codes of a stage. */
export const groupCount = (stage: Stage, count: number): number => Math.ceil(count / groupSize(stage.shape));

export interface Walk {
  stage: Stage;
  /** All of the model's. */
  stages: readonly Stage[];
  /** Those of every stage. */
  conditions: readonly ConditionValues[];
  count: number;
  options: RunOptions;
}

/** Images that share one code. */
export interface Group {
  index: number;
  count: number;
  conditions: ConditionValues;
  signal: AbortSignal | undefined;
  onPixels: (done: number) => Promise<void>;
  /** The group's part of all images [N, H, W, C] of the stage. */
  of<T extends Uint8Array>(images: T): T;
}

/** Calls `code` with every group of a stage's images, in order. */
export async function eachGroup(
  { stage, stages, conditions, count, options }: Walk,
  code: (executor: OpenExecutor, group: Group) => Promise<void>,
): Promise<void> {
  const signal = signalOf(options.signal);
  signal?.throwIfAborted();
  const at = stages.indexOf(stage);
  const pixels = ({ shape }: Stage) => shape.height * shape.width;
  const sum = (parts: readonly Stage[]) => parts.reduce((all, part) => all + count * pixels(part), 0);
  const [before, total] = [sum(stages.slice(0, at)), sum(stages)];
  const size = perImage(stage.shape);
  const group = groupSize(stage.shape);
  const executor = await openExecutor(stage.plan, { build: 'wasm' });
  try {
    for (let index = 0; index < groupCount(stage, count); index++) {
      const first = index * group;
      const n = Math.min(group, count - first);
      await code(executor, {
        index,
        count: n,
        conditions: sliceCondition(conditions[at] as ConditionValues, stage.conditionSizes, first, n),
        signal,
        onPixels: async (done) => {
          signal?.throwIfAborted();
          await options.onProgress?.({ done: before + first * pixels(stage) + done, total });
          signal?.throwIfAborted();
        },
        of: <T extends Uint8Array>(images: T) => images.subarray(first * size, (first + n) * size) as T,
      });
    }
  } finally {
    executor.dispose();
  }
}
