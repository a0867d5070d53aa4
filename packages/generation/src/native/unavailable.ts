import type { Plan, PlanExecutor } from '@pixelrnn/kernels/plan';

/** No native code outside of Node. */
export const openNative = (_plan: Plan): PlanExecutor | null => null;
