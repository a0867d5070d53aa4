import type { Plan, PlanExecutor } from '@pixelrnn/kernels/plan';
import { nativeExecutor, nativeExecutorLack } from '@pixelrnn/kernels/plan/native';
import type { NoNative } from './noNative.js';

/** The executor compiled for this processor, or why there is none. */
export const openNative = (plan: Plan): PlanExecutor | NoNative =>
  nativeExecutorLack() ?? nativeExecutor(plan);
