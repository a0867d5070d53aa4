import { join } from 'node:path';
import { tensorflowInstallation } from '@pixelrnn/engine';
import { addonName, kernelsFolder } from './kernelsFolder.js';

/** Where the fused kernels for the TensorFlow that is installed here belong, built or not; null without one. */
export function nativeKernelsPath(): string | null {
  const tensorflow = tensorflowInstallation();
  return tensorflow && join(kernelsFolder(tensorflow), addonName);
}
