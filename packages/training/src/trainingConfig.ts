import { optionErrors } from '@pixelrnn/kernels/options';
import { z } from 'zod';
import { TrainingError } from './trainingError.js';

const positive = z.int().positive();
const fraction = z.number().min(0).lt(1);

/** The keys of {@link TrainingConfig}, flat, so that each can be set by `key=value`. */
export const trainingConfigSchema = z.strictObject({
  /** Updates in all, counting those of the run that is resumed. */
  steps: positive,
  /** Stop after this many training seconds if that comes first. `null`, never: a time limit cannot be repeated exactly. */
  maxSeconds: z.number().positive().nullable().default(null),
  /** Images an update. */
  batchSize: positive,
  /** Seed of the order of the images. */
  seed: z.int().min(0).max(0xffffffff),

  /**
   * `nll` (default): negative log-likelihood. `mse`: the squared error of the means of the model's distributions, for the auto-encoder that
   * 1606.05328, section 2.4 compares with; validations are in nats all the same.
   */
  loss: z.enum(['nll', 'mse']).default('nll'),
  /** `rmsprop` (default) is what both papers used; `adam` is Kingma and Ba's. */
  optimizer: z.enum(['rmsprop', 'adam']).default('rmsprop'),
  /** No default: the papers set it by hand and do not publish it. */
  learningRate: z.number().positive(),
  /** RMSProp: of the running mean of squared gradients. 0.99 is Torch7's default, the papers' framework. */
  decay: fraction.default(0.99),
  /** Adam: of the running mean of gradients. 0.9 is its paper's. */
  beta1: fraction.default(0.9),
  /** Adam: of the running mean of squared gradients. 0.999 is its paper's. */
  beta2: fraction.default(0.999),
  /** Added outside the root. 1e-8 is both Torch7's default and Adam's paper's. */
  epsilon: z.number().positive().default(1e-8),

  /** How the learning rate changes. `constant` (default) is all that the papers speak of. */
  schedule: z.enum(['constant', 'step', 'cosine']).default('constant'),
  /** Steps over which the rate rises linearly from 0, before any schedule. 0: RMSProp's first steps are bounded anyway. */
  warmupSteps: z.int().nonnegative().default(0),
  /** `step`: the rate is multiplied by `stepFactor` every so many steps; required there, for no length fits every run. */
  stepEvery: positive.nullable().default(null),
  /** `step`: 0.5, because halving twice does no more than one usual division by 4, and can be watched. */
  stepFactor: z.number().positive().lt(1).default(0.5),
  /** `cosine`: the last rate as a part of the first. 0 is the form of its paper (Loshchilov and Hutter, 1608.03983). */
  cosineEnd: fraction.default(0),

  /** Largest global norm of the gradients, in nats per image. `null`, none: the papers mention no clipping. */
  clipNorm: z.number().positive().nullable().default(null),
  /**
   * The probability with which an image's label is withheld from a model that is conditioned on it, so that guidance can tell
   * the two apart when sampling (Ho and Salimans, 2207.12598). 0, always told: the papers know no guidance.
   */
  dropCondition: fraction.default(0),
  /** Evaluate a moving average of the weights with this decay. `null`, none: the papers evaluate the weights themselves. */
  emaDecay: fraction.nullable().default(null),
  /**
   * Stop after so many validations without improvement, and end with the weights of the best one. `null`, never: the
   * papers' models are trained for as long as they gain, which a fixed number of steps stands for.
   */
  patience: positive.nullable().default(null),
  /** What counts as an improvement, nats per image. 0: any does, since the validation likelihood is exact. */
  minDelta: z.number().nonnegative().default(0),
  /**
   * A loss or gradient that is not finite: `stop` (default), because it is a mistake to be looked at, or `skip` the update
   * and count it. To skip, each step reads one small tensor back, which costs time on a GPU.
   */
  nonFinite: z.enum(['stop', 'skip']).default('stop'),
  /**
   * Native TensorFlow repeats a step's operations without calling the layers, to the same bits and faster. `false` calls
   * them at every step: for a layer whose `call` does more than compute its outputs.
   */
  replay: z.boolean().default(true),

  /** Steps between two entries of the training loss. */
  logEvery: positive,
  /** Steps between two validations; the last step always has one. */
  validateEvery: positive,
  /** Validation images, evenly spaced over the split. `null`, all: a part is another number. */
  validImages: positive.nullable().default(null),
  /** Minutes between two checkpoints; the end always has one. 5: little to lose, and writing one takes well under a second. */
  checkpointMinutes: z.number().positive().default(5),
  /** Event files for TensorBoard in the run folder. On: a few kilobytes for each validation. */
  tensorBoard: z.boolean().default(true),
});

/** What `train` is asked for; keys with a default may be left out. */
export type TrainingOptions = z.input<typeof trainingConfigSchema>;

/** {@link TrainingOptions} with every default filled in. */
export type TrainingConfig = z.output<typeof trainingConfigSchema>;

/** What is wrong between keys that are valid alone, or null. */
export function trainingConfigConflict(
  config: Pick<TrainingConfig, 'schedule' | 'stepEvery' | 'warmupSteps' | 'steps'>,
): string | null {
  if (config.schedule === 'step' && config.stepEvery === null) {
    return "schedule 'step' needs stepEvery, the steps between two changes of the learning rate, got null";
  }
  if (config.schedule === 'cosine' && config.warmupSteps >= config.steps) {
    return `schedule 'cosine' needs warmupSteps below steps, got ${config.warmupSteps} of ${config.steps}`;
  }
  return null;
}

/** @throws TrainingError `config` naming each key that is unknown, missing or out of range */
export function parseTrainingConfig(options: TrainingOptions): TrainingConfig {
  const parsed = trainingConfigSchema.safeParse(options);
  if (!parsed.success) {
    const wrong = optionErrors(parsed.error, options, trainingConfigSchema);
    throw new TrainingError('config', `Training options: ${wrong}.`);
  }
  const conflict = trainingConfigConflict(parsed.data);
  if (conflict) throw new TrainingError('config', `Training options: ${conflict}.`);
  return parsed.data;
}

/** Keys that can change between two parts of a run without changing the weights of any step. */
const harmless: (keyof TrainingConfig)[] = [
  'maxSeconds',
  'logEvery',
  'validateEvery',
  'validImages',
  'checkpointMinutes',
  'tensorBoard',
  'replay',
];

/** Whether a run has ended with a validation that it would not have had at that step if it had gone on. */
function hasExtraValidation(
  { steps, maxSeconds, validateEvery }: TrainingConfig,
  done: { steps: number; seconds: number },
): boolean {
  const ended = done.steps >= steps || (maxSeconds !== null && done.seconds >= maxSeconds);
  return ended && done.steps % validateEvery !== 0;
}

/**
 * Which keys of a config make its run another run than that of `before`: the weights of some step would differ. More steps of a constant or stepwise schedule only go on, and so does skipping updates where none had to be.
 *
 * @param done by the run of `before` so far: a run that asks for less is another one
 */
export function configDifferences(
  before: TrainingConfig,
  now: TrainingConfig,
  done: { steps: number; seconds: number } = { steps: 0, seconds: 0 },
): (keyof TrainingConfig)[] {
  const free = new Set<keyof TrainingConfig>(harmless);
  if (now.schedule !== 'cosine' && now.steps >= done.steps) free.add('steps');
  if (now.maxSeconds !== null && now.maxSeconds < done.seconds) free.delete('maxSeconds');
  if (before.nonFinite === 'stop') free.add('nonFinite');
  if (now.patience !== null) {
    for (const key of ['validateEvery', 'validImages'] as const) free.delete(key);
    if (hasExtraValidation(before, done))
      for (const key of ['steps', 'maxSeconds'] as const) free.delete(key);
  }
  return (Object.keys(now) as (keyof TrainingConfig)[]).filter(
    (key) => !free.has(key) && before[key] !== now[key],
  );
}
