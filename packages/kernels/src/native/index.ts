export type { BuildOptions, BuiltKernels } from './buildAddon.js';
export { buildNativeKernels } from './buildNativeKernels.js';
export { buildPlanExecutor } from './buildPlanExecutor.js';
export { nativeKernelsPath } from './nativeKernelsPath.js';
