export { bitsPerDim, logLikelihood } from './likelihood.js';
export {
  type ResultRow,
  type ResultTable,
  resultTableSchema,
  tableToCsv,
  tableToMarkdown,
} from './resultTable.js';
export { type MetricsLine, parseMetricsLog, type RunResult, runResultSchema } from './runFolder.js';
