export { Adam, type AdamOptions } from './adam.js';
export { writeFileAtomic } from './atomicFile.js';
export type { BestValidation } from './bestWeights.js';
export { loadModel } from './checkpoint.js';
export { type Environment, environment } from './environment.js';
export { type Estimate, estimate } from './estimate.js';
export { type Evaluation, type EvaluationOptions, evaluate } from './evaluate.js';
export { readMetricsLog } from './metricsLog.js';
export { onInterrupt } from './onInterrupt.js';
export type { Optimizer, OptimizerState } from './optimizer.js';
export {
  formatSeconds,
  type LossUnit,
  type ProgressBar,
  type ProgressBarOptions,
  type ProgressBars,
  progressBars,
  progressLine,
} from './progressBar.js';
export { RMSProp, type RMSPropOptions } from './rmsProp.js';
export { lockRunFolder, type RunLock } from './runLock.js';
export { writeTensorBoardImage } from './tensorBoard/writeTensorBoardImage.js';
export { train } from './train.js';
export {
  parseTrainingConfig,
  type TrainingConfig,
  type TrainingOptions,
  trainingConfigConflict,
  trainingConfigSchema,
} from './trainingConfig.js';
export type { TrainingContext, TrainingOutcome, TrainingProgress } from './trainingContext.js';
export { TrainingError, type TrainingErrorCode } from './trainingError.js';
export { type StepContext, trainableVariables, trainingStep } from './trainingStep.js';
