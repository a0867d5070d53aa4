import type { Plan, PlanExecutor } from '@pixelrnn/kernels/plan';
import { nativeExecutor, nativeExecutorIsBuilt } from '@pixelrnn/kernels/plan/native';

/** The executor compiled for this processor; null where it is not built. */
export const openNative = (plan: Plan): PlanExecutor | null =>
  nativeExecutorIsBuilt() ? nativeExecutor(plan) : null;
