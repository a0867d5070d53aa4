export { DequantizedGaussian } from './baselines/gaussian.js';
export { type BinNats, type BinNatsOptions, gaussianBinNats } from './baselines/gaussianBins.js';
export { IntensityMoments } from './baselines/intensityMoments.js';
export { uniformNats } from './baselines/uniform.js';
export { expectedPixels } from './expectedPixels.js';
export { binProbabilities, binProbability, mixtureLogDensity } from './gaussianMixture.js';
export { idealContext } from './idealContext.js';
export { bitsPerDim, logLikelihood } from './likelihood.js';
export { receptiveField } from './receptiveField.js';
export { requireCausal } from './requireCausal.js';
export type { ContextShape, Output } from './requireInside.js';
export {
  paperNumber,
  type ResultRow,
  type ResultTable,
  resultTableSchema,
  tableToCsv,
  tableToMarkdown,
} from './resultTable.js';
export { type MetricsLine, parseMetricsLog, type RunResult, runResultSchema } from './runFolder.js';
