import type { Plan, PlanExecutor } from '@pixelrnn/kernels/plan';
import type { NoNative } from './noNative.js';

/** No native code outside of Node. */
export const openNative = (_plan: Plan): PlanExecutor | NoNative => ({ why: 'needs Node', broken: false });
