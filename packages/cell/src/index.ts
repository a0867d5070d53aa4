export { cellSignal } from './cellSignal.js';
export { type CountedProgress, countedProgress } from './countedProgress.js';
export { formatSeconds } from './formatSeconds.js';
export { inNotebook } from './inNotebook.js';
export { type Progress, type ProgressOptions, progress } from './progress.js';
export {
  cellSignalSymbol,
  type Displayer,
  type DisplayFunction,
  type DisplayOptions,
  displayersSymbol,
  displaySymbol,
  type MimeBundle,
  ownDisplaySymbol,
} from './protocol.js';
