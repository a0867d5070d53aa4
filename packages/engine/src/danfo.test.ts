import { expect, test } from 'vitest';
import { tensorflowInstallation } from './index.js';
import { runModule } from './testing/runModule.js';

// danfojs-node is imported first, as a notebook may do.
const code = `
  const danfo = await import(${JSON.stringify(import.meta.resolve('danfojs-node'))});
  await engine.loadEngine({ quiet: true });
  const frame = new danfo.DataFrame([[1, 2], [3, 4]], { columns: ['a', 'b'] });
  const square = frame.tensor.matMul(frame.tensor);
  const copies = Object.keys(require.cache).filter((path) => /tfjs-core[\\\\/]dist[\\\\/]/.test(path));
  const onEngine = tf.engine().state.tensorInfo.get(square.dataId).backend === tf.backend();
  console.log(JSON.stringify({
    backend: danfo.tensorflow.getBackend(), square: [...square.dataSync()], sums: frame.sum({ axis: 0 }).values,
    copies: copies.length, same: danfo.tensorflow.engine() === tf.engine(), onEngine,
  }));
`;

const engines: [engine: string, backend: string][] = [
  ['wasm', 'wasm'],
  ['cpu', 'cpu'],
];
if (tensorflowInstallation()) engines.push(['auto', 'tensorflow']);

test.each(engines)(
  'danfojs-node computes on the engine %s, without a TensorFlow.js of its own',
  async (name, backend) => {
    const { stdout, stderr } = await runModule(code, { PIXELRNN_ENGINE: name });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      backend,
      square: [7, 10, 15, 22],
      sums: [4, 6],
      copies: 1,
      same: true,
      onEngine: true,
    });
  },
);
