export { writeFileAtomic } from './atomicFile.js';
export {
  hasCheckpoint,
  loadModel,
  restoreCheckpoint,
  saveCheckpoint,
  type TrainingState,
} from './checkpoint.js';
export { type Environment, environment } from './environment.js';
export { type Evaluation, evaluate } from './evaluate.js';
export { MetricsLog, readMetricsLog } from './metricsLog.js';
export { type ProgressBar, progressBar, progressLine } from './progressBar.js';
export { RMSProp, type RMSPropOptions } from './rmsProp.js';
export {
  type TrainingContext,
  type TrainingOptions,
  type TrainingOutcome,
  type TrainingProgress,
  train,
} from './train.js';
export { type StepContext, trainableVariables, trainingStep } from './trainingStep.js';
