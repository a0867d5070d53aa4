import { preloadInNotebook } from './preload.js';

export { displayFigure, displayImage } from './display.js';
export { type DistributionPlotOptions, distributionPlot } from './figures/distributionPlot.js';
export { duration } from './figures/duration.js';
export {
  type Figure,
  figureDescription,
  figureTitle,
  type Json,
  type JsonObject,
  type Metric,
  PlotError,
} from './figures/figure.js';
export { type Cell, type HeatmapOptions, heatmap } from './figures/heatmap.js';
export { type TablePlotOptions, type TablePlotRow, tablePlot } from './figures/tablePlot.js';
export { baseAxis, baseLayout, seriesStyle } from './figures/theme.js';
export { type PaperLine, type TrainingCurveOptions, trainingCurve } from './figures/trainingCurve.js';
export type { Horizontal, LogEntry, LoggedRun } from './figures/trainingLog.js';
export type { TrainingRun } from './figures/trainingRun.js';
export { type BesideGridOptions, besideGrid } from './images/besideGrid.js';
export { type CaptionedPicture, captionedPictures } from './images/captionedPictures.js';
export { type GenerationOrderOptions, generationOrder } from './images/generationOrder.js';
export { imageGrid } from './images/imageGrid.js';
export { type LabelledGridOptions, labelledGrid } from './images/labelledGrid.js';
export type { ImageGridOptions } from './images/layOut.js';
export { type LiveCurve, type LiveCurveOptions, liveCurve } from './liveCurve.js';
export { writePlotlyScript } from './render/plotlyScript.js';
export { type RenderPngOptions, renderPng } from './render/renderPng.js';
export { type RenderSize, renderSvg } from './render/renderSvg.js';
export { type FigureFiles, type WriteFigureOptions, writeFigure } from './render/writeFigure.js';

preloadInNotebook();
