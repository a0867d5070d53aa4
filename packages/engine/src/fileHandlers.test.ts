import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const program = (folder: string, body: string) => `
  import { loadEngine } from '@pixelrnn/engine';
  import * as tf from '@tensorflow/tfjs';
  await loadEngine({ quiet: true });
  const url = ${JSON.stringify(`file://${folder}`)};
  ${body}
  const x = tf.linspace(-1, 1, 16).reshape([1, 4, 4, 1]);
  console.log(JSON.stringify(Array.from(model.predict(x).dataSync(), (v) => Number(v.toFixed(5)))));
`;

/** The lines that a process of its own prints. */
async function lines(engine: string, code: string): Promise<string[]> {
  const options = ['--conditions=@pixelrnn/source', '--import', 'tsx', '--input-type=module', '-e', code];
  const env = { ...process.env, PIXELRNN_ENGINE: engine };
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: root, env });
  return stdout.trim().split('\n');
}

it('a model saved to file:// on WebAssembly is loaded from there in plain JavaScript', async () => {
  const folder = join(await temporaryFolder(), 'my models', 'first');
  const [saved] = await lines(
    'wasm',
    program(
      folder,
      `const model = tf.sequential();
      const kernelInitializer = tf.initializers.glorotUniform({ seed: 3 });
      model.add(tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', kernelInitializer, inputShape: [4, 4, 1] }));
      await model.save(url);`,
    ),
  );
  expect((await readdir(folder)).sort()).toEqual(['model.json', 'weights.bin']);
  expect(JSON.parse(saved as string)).toHaveLength(32);
  const [folderRefused, missing, loaded] = await lines(
    'cpu',
    program(
      folder,
      `for (const name of ['', '/nothing.json'])
        await tf.loadLayersModel(url + name).catch((error) => console.log(error.message));
      const model = await tf.loadLayersModel(url + '/model.json');`,
    ),
  );
  expect(loaded).toBe(saved);
  expect(folderRefused).toContain('should be the model.json that model.save wrote, but it is a folder');
  expect(missing).toContain('but there is no such file');
}, 60_000);
