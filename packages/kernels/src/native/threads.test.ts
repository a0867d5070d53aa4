import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadEngine } from '@pixelrnn/engine';
import { expect, test } from 'vitest';
import { kernelsInUse, setKernels } from '../dispatch/choice.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const program = fileURLToPath(new URL('../testing/threadsProgram.ts', import.meta.url));

async function withThreads(threads: string): Promise<{ kernels: string; threads: number; hash: string }> {
  const flags = ['--conditions=@pixelrnn/source', '--import', 'tsx', program];
  const env = { ...process.env, PIXELRNN_ENGINE: 'node', PIXELRNN_KERNELS: '', PIXELRNN_THREADS: threads };
  const { stdout } = await run(process.execPath, flags, { cwd: root, env });
  return JSON.parse(stdout);
}

await loadEngine({ quiet: true });
if (kernelsInUse() === 'native') {
  test('results are the same bytes for 1, 2 and 3 threads', async () => {
    const [one, two, three] = await Promise.all(['1', '2', '3'].map(withThreads));
    expect(one).toMatchObject({ kernels: 'native', threads: 1 });
    expect(two).toEqual({ ...one, threads: 2 });
    expect(three).toEqual({ ...one, threads: 3 });
  });

  test.each(['0', '2.5', 'many'])('PIXELRNN_THREADS=%s is refused', async (threads) => {
    await expect(withThreads(threads)).rejects.toThrow(
      `PIXELRNN_THREADS must be a number of threads from 1 to 1024, got '${threads}'`,
    );
  });
} else {
  test('one thread, where kernels are not native', () => {
    expect(['wasm', 'composed']).toContain(kernelsInUse());
    setKernels('auto');
  });
}
