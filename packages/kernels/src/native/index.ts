export { addonFolder } from './addonFolder.js';
export { type AddonSources, type BuildOptions, type BuiltKernels, buildAddon } from './buildAddon.js';
export { buildNativeKernels } from './buildNativeKernels.js';
export { buildPlanExecutor } from './buildPlanExecutor.js';
export { nativeKernelsPath } from './nativeKernelsPath.js';
export { sharedFlags, sourceRoot } from './sharedFlags.js';
