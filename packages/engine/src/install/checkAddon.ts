import { EngineError } from '../engineError.js';
import { failureLine, runProgram } from './runProgram.js';

/** What a working addon says of itself. */
export interface AddonFacts {
  /** Version of libtensorflow. */
  readonly tensorflow: string;
  /** Whether it computes on a GPU. */
  readonly gpu: boolean;
}

// The addon's own interface, without TensorFlow.js: [[1, 2], [3, 4]] times itself.
const program = `
const addon = require(process.argv[1]);
const matrix = addon.createTensor([2, 2], addon.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
const attribute = (name, type, value) => ({name, type, value});
const [product] = addon.executeOp('MatMul', [
  attribute('transpose_a', addon.TF_ATTR_BOOL, false),
  attribute('transpose_b', addon.TF_ATTR_BOOL, false),
  attribute('T', addon.TF_ATTR_TYPE, addon.TF_FLOAT),
], [matrix, matrix], 1);
const values = Array.from(addon.tensorDataSync(product.id));
console.log(JSON.stringify({tensorflow: addon.TF_Version, gpu: addon.isUsingGpuDevice(), values}));
`;

/**
 * Loads an addon in a process of its own, where a crash does no harm, and multiplies two matrices with it.
 * @throws EngineError when it does not load, crashes or computes nonsense
 */
export async function checkAddon(addon: string): Promise<AddonFacts> {
  const result = await runProgram(process.execPath, ['-e', program, addon], {
    seconds: 120,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true', NODE_OPTIONS: '' },
  });
  if (result.code !== 0) throw new EngineError(`the addon does not run: ${failureLine(result)}`);
  const { tensorflow, gpu, values } = JSON.parse(result.stdout) as AddonFacts & { values: number[] };
  if (values.join() !== '7,10,15,22') {
    throw new EngineError(`the addon computes [[1, 2], [3, 4]] squared as ${values.join()}`);
  }
  return { tensorflow, gpu };
}
