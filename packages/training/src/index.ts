export { formatSeconds } from '@pixelrnn/cell';
export { changedFiles } from './checkpoint/changedFiles.js';
export { checkpointProgress } from './checkpoint/checkpoint.js';
export { loadModel } from './checkpoint/loadModel.js';
export { type Environment, environment } from './environment.js';
export { type Estimate, estimate } from './estimate.js';
export { type Evaluation, type EvaluationOptions, evaluate } from './evaluate.js';
export { readMetricsLog } from './logs/metricsLog.js';
export {
  type LossUnit,
  type ProgressBar,
  type ProgressBarOptions,
  type ProgressBars,
  progressBars,
  progressLine,
} from './logs/progressBar.js';
export { writeTensorBoardImage } from './logs/tensorBoard/writeTensorBoardImage.js';
export { onInterrupt } from './onInterrupt.js';
export { Adam, type AdamOptions } from './optimizer/adam.js';
export type { Optimizer, OptimizerState } from './optimizer/optimizer.js';
export { RMSProp, type RMSPropOptions } from './optimizer/rmsProp.js';
export { asCommon as asCommonError, isCommon as isCommonError } from './parallel/ranks.js';
export type { BestValidation } from './step/earlyStopping.js';
export { classesOf } from './step/labelCondition.js';
export { LossAndGradients } from './step/lossAndGradients.js';
export { type Objective, trainableVariables } from './step/objective.js';
export { type StepContext, trainingStep } from './step/trainingStep.js';
export { train } from './train.js';
export {
  configDifferences,
  parseTrainingConfig,
  type TrainingConfig,
  type TrainingOptions,
  trainingConfigConflict,
  trainingConfigSchema,
} from './trainingConfig.js';
export type { TrainingContext, TrainingOutcome, TrainingProgress } from './trainingContext.js';
export { TrainingError, type TrainingErrorCode } from './trainingError.js';
