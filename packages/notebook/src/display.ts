import { progress } from '@pixelrnn/cell';
import { displayFigure, displayImage, liveCurve } from '@pixelrnn/plots';

/** What a cell shows: a figure, a PNG, a line that changes in place, a curve that grows. */
export const display = {
  figure: displayFigure,
  image: displayImage,
  progress,
  live: liveCurve,
};
