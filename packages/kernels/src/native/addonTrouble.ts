import { failureLine, runProgram } from '@pixelrnn/engine';

const program = `
try {
  process.dlopen({ exports: {} }, process.argv[1]);
} catch (error) {
  console.error(error.message.split('\\n')[0]);
  process.exit(1);
}
`;

/** Why an addon does not load in a process of its own, where a crash does no harm; null where it does. */
export async function addonTrouble(addon: string): Promise<string | null> {
  const { PIXELRNN_THREADS: _, ...env } = process.env; // of which the kernels read what may be wrong
  const options = { seconds: 120, env: { ...env, TF_CPP_MIN_LOG_LEVEL: '2', NODE_OPTIONS: '' } };
  const result = await runProgram(process.execPath, ['-e', program, addon], options);
  return result.code === 0 ? null : failureLine(result);
}
