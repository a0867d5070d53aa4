export { displayFigure, displayImage } from './display.js';
export {
  type Figure,
  figureTitle,
  type Json,
  type JsonObject,
  type Metric,
  PlotError,
} from './figure.js';
export { type ImageGridOptions, imageGrid } from './imageGrid.js';
export { writePlotlyScript } from './plotlyScript.js';
export { type RenderPngOptions, renderPng } from './renderPng.js';
export { type RenderSize, renderSvg } from './renderSvg.js';
export { type TablePlotOptions, type TablePlotRow, tablePlot } from './tablePlot.js';
export { baseAxis, baseLayout, seriesStyle } from './theme.js';
export { type TrainingCurveOptions, type TrainingRun, trainingCurve } from './trainingCurve.js';
export { type FigureFiles, type WriteFigureOptions, writeFigure } from './writeFigure.js';
