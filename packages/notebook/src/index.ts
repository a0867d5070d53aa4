export { cellSignal } from '@pixelrnn/cell';
export {
  cifar10Classes,
  type DatasetSplits,
  ImageDataset,
  loadBinarizedMnist,
  loadCifar10,
  loadImageNet,
  loadMnist,
  loadOwnImages,
} from '@pixelrnn/data';
export { loadEngine } from '@pixelrnn/engine';
export {
  chosenPositions,
  committedRuns,
  experiments,
  findExperiment,
  loadPretrained,
  namedDistributions,
  pairedGaps,
  pretrainedModels,
  resolveSettings,
  resultsFolder,
  trainingOptions,
  trainingShape,
} from '@pixelrnn/experiments';
export {
  complete,
  compress,
  decompress,
  generate,
  imageShapeOf,
  likelihood,
  nearestImages,
  occlusion,
} from '@pixelrnn/generation';
export { checkPlan } from '@pixelrnn/kernels/plan';
export {
  claimedContext,
  convolutionMask,
  type DescribedLayer,
  diagonalBiLSTM,
  gatedLayer,
  maskedConv2d,
  type PlanBuilder,
  pixelCNNBlocks,
  rowLSTM,
} from '@pixelrnn/layers';
export {
  binProbabilities,
  bitsPerDim,
  DequantizedGaussian,
  gaussianBinNats,
  IntensityMoments,
  idealContext,
  logLikelihood,
  receptiveField,
  requireCausal,
} from '@pixelrnn/metrics';
export {
  gatedPixelCNN,
  multiScale,
  outputHead,
  pixelCNN,
  pixelRNN,
  planOf,
  receptiveRadius,
  scaleIntensities,
  scalesOf,
  viewsOf,
} from '@pixelrnn/models';
export {
  besideGrid,
  displayFigure,
  displayImage,
  distributionPlot,
  generationOrder,
  heatmap,
  imageGrid,
  labelledGrid,
  tablePlot,
  trainingCurve,
  writeFigure,
} from '@pixelrnn/plots';
export { Random } from '@pixelrnn/random';
export { evaluate, loadModel, readMetricsLog, train } from '@pixelrnn/training';
export { type BuildRowOptions, type BuiltRow, buildRow } from './buildRow.js';
export { type CommittedResults, type CommittedRow, committedResults } from './committedResults.js';
export { display } from './display.js';
export { type LiveData, liveData } from './liveData.js';
