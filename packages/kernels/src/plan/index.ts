export { checkPlan } from './checkPlan.js';
export type { PlanExecutor, PlanRun, PlanRunOptions } from './executor.js';
export type {
  MapId,
  Place,
  Plan,
  PlanMap,
  PlanOutput,
  PlanStep,
  PlanTap,
  PlanTerm,
  SubsampleStep,
  SumStep,
  UpsampleStep,
  WeightsOf,
} from './plan.js';
export { blocksOf, unitBlocks } from './plan.js';
export {
  channelsOf,
  colorOf,
  logitsPerColor,
  type Reading,
  readingsOf,
  sizeOf,
  valuesOf,
  writtenBy,
} from './planMaps.js';
export { type ReferenceInputs, referenceLogits } from './reference.js';
export { leastTemperature } from './runBuffers.js';
export { decodePlan, encodePlan } from './serialize.js';
export { WasmError } from './wasmError.js';
export { wasmExecutor } from './wasmExecutor.js';
