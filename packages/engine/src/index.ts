export type { EngineAttempt } from './chain.js';
export {
  describeComparison,
  type EngineComparison,
  forgetComparison,
  fusedAdvantage,
  keepComparison,
  readComparison,
} from './comparison.js';
export { EngineError } from './engineError.js';
export { type EngineName, engineNames } from './engineName.js';
export { type Compiler, type CompilerOptions, provideCompiler } from './install/compiler.js';
export {
  type InstallAttempt,
  type InstallOptions,
  type InstallResult,
  installEngine,
} from './install/installEngine.js';
export { gpuModels, hasNvidiaDriver } from './install/platform.js';
export { failureLine, runProgram } from './install/runProgram.js';
export { provideFolder } from './install/sharedFolder.js';
export { describeEngine, type EngineInfo, type EngineOptions, loadEngine } from './loadEngine.js';
export { type EngineSpeed, matmulSize, measureSpeed } from './measureSpeed.js';
export { RecordedFunction } from './recording/recordedFunction.js';
export { type TensorflowInstallation, tensorflowInstallation } from './tensorflowInstallation.js';
