import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { kernelsInUse, maskedConv2d } from '@pixelrnn/kernels';
await loadEngine({ quiet: true });
const cpu = process.env.PIXELRNN_THREADS === '1';
console.log(kernelsInUse(), cpu ? 'CPU time' : 'wall');
type F = () => tf.Tensor | tf.Tensor[];
function once(f: F): number {
  const t = performance.now(), c = process.cpuUsage();
  const y = tf.tidy(f);
  const u = process.cpuUsage(c);
  const d = cpu ? (u.user + u.system) / 1000 : performance.now() - t;
  tf.dispose(y);
  return d;
}
const b = tf.backend() as any;
const T = { name: 'T', type: b.binding.TF_ATTR_TYPE, value: b.binding.TF_FLOAT };
const op = (name: string, inputs: tf.Tensor[], attrs: any[] = []) => b.executeSingleOutput(name, [T, ...attrs], inputs) as tf.Tensor;
const mm = (a: tf.Tensor, w: tf.Tensor, ta: boolean, tb: boolean) => op('MatMul', [a, w], [
  { name: 'transpose_a', type: b.binding.TF_ATTR_BOOL, value: ta }, { name: 'transpose_b', type: b.binding.TF_ATTR_BOOL, value: tb }]);
for (const [n, cin, cout] of [[16384, 32, 64], [16384, 64, 256], [16384, 256, 256], [16384, 256, 768], [16384, 512, 512], [4096, 1024, 1024], [16384, 128, 256]] as [number, number, number][]) {
  const x = tf.randomNormal([n / 1024, 32, 32, cin]) as tf.Tensor4D, kernel = tf.randomNormal([1, 1, cin, cout]) as tf.Tensor4D, mask = tf.ones([1, 1, cin, cout]) as tf.Tensor4D;
  const bias = tf.zeros([cout]) as tf.Tensor1D, dy = tf.randomNormal([n / 1024, 32, 32, cout]);
  const taps = [{ row: 0, column: 0 }];
  const ours = () => maskedConv2d({ x, kernel, mask, bias }, { taps, inputActivation: 'relu' });
  const oursG = tf.grads((x, kernel, bias) => maskedConv2d({ x: x as tf.Tensor4D, kernel: kernel as tf.Tensor4D, mask, bias: bias as tf.Tensor1D }, { taps, inputActivation: 'relu' }));
  const flat = tf.reshape(x, [n, cin]), d = tf.reshape(dy, [n, cout]), k2 = tf.reshape(kernel, [cin, cout]), m2 = tf.reshape(mask, [cin, cout]);
  const theirs = () => op('BiasAdd', [mm(op('Relu', [flat]), tf.mul(k2, m2), false, false), bias]);
  const theirsG = () => {
    const w = tf.mul(k2, m2), r = op('Relu', [flat]);
    const y = op('BiasAdd', [mm(r, w, false, false), bias]);
    return [y, op('ReluGrad', [mm(d, w, false, true), flat]), tf.mul(mm(r, d, true, false), m2), op('BiasAddGrad', [d])];
  };
  const all: Record<string, F> = { ours, theirs, oursFB: () => oursG([x, kernel, bias], dy), theirsFB: theirsG };
  const best: Record<string, number> = {};
  for (let i = 0; i < Number(process.env.N ?? 12); i++) for (const [k, f] of Object.entries(all)) best[k] = Math.min(best[k] ?? 1e9, once(f));
  const fl = 2 * n * cin * cout / 1e6;
  console.log(`${n} x ${cin} -> ${cout}`.padEnd(22), Object.entries(best).map(([k, v]) => `${k} ${v.toFixed(2)}ms ${(fl * (k.endsWith('FB') ? 3 : 1) / v).toFixed(0)}`).join(' | '));
  tf.dispose([x, kernel, mask, bias, dy, flat, d, k2, m2]);
}
