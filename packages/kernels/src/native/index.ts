export { type BuildOptions, type BuiltKernels, buildNativeKernels } from './buildNativeKernels.js';
