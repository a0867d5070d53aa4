import { tmpdir } from 'node:os';
import { type ProgramResult, runProgram } from '../install/runProgram.js';

const index = new URL('../index.ts', import.meta.url);
const tsx = import.meta.resolve('tsx');

/**
 * Runs an ES module in a Node of its own, in a folder outside the workspace. `engine` is this package, `tf` is
 * TensorFlow.js, `require` the package's own.
 */
export function runModule(code: string, env: NodeJS.ProcessEnv = {}): Promise<ProgramResult> {
  const preamble = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(index)});
    const engine = await import(${JSON.stringify(index)});
    const tf = require('@tensorflow/tfjs');
  `;
  const options = ['--conditions=@pixelrnn/source', '--import', tsx, '--input-type=module', '-e'];
  return runProgram(process.execPath, [...options, preamble + code], {
    cwd: tmpdir(),
    seconds: 100,
    env: { ...process.env, PIXELRNN_ENGINE: '', ...env },
  });
}
