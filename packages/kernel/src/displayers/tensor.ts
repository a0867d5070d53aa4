import type { Displayer } from '@pixelrnn/cell';

const shown = 10;

interface Tensor {
  shape: number[];
  dtype: string;
  size: number;
  isDisposed?: boolean;
  flatten(): Tensor;
  slice(begin: number[], size: number[]): Tensor;
  data(): Promise<ArrayLike<unknown>>;
  dispose(): void;
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null) return false;
  const { shape, dtype, size, flatten, slice, data, dispose } = value as Record<string, unknown>;
  return (
    Array.isArray(shape) &&
    typeof dtype === 'string' &&
    typeof size === 'number' &&
    [flatten, slice, data, dispose].every((method) => typeof method === 'function')
  );
}

/** TensorFlow.js tensors and variables: shape, type and first values, of which no more than these are read back. */
export const tensor: Displayer = {
  name: 'tensor',
  async display(value) {
    if (!isTensor(value)) return undefined;
    const head = `Tensor ${value.dtype} [${value.shape.join(', ')}]`;
    if (value.isDisposed) return { 'text/plain': `${head}, disposed` };
    const flat = value.flatten();
    const first = flat.slice([0], [Math.min(shown, value.size)]);
    try {
      const values = Array.from(await first.data(), (each) =>
        typeof each === 'number' ? String(Number(each.toPrecision(6))) : String(each),
      );
      const rest = value.size > shown ? [`... ${value.size} values`] : [];
      return { 'text/plain': `${head}: ${[...values, ...rest].join(', ')}` };
    } finally {
      first.dispose();
      flat.dispose();
    }
  },
};
