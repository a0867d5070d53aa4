export type { Experiment, ExperimentRow, ImageShape, PresetName, RowModel } from './experiment.js';
export { presetNames, rowModel } from './experiment.js';
export { experiments, findExperiment } from './registry.js';
export { type ExperimentOptions, plan, runExperiment } from './runExperiment.js';
export { table4 } from './table4.js';
export { type TrainingSettings, trainingSettingsSchema } from './trainingSettings.js';
export { UsageError } from './usageError.js';
