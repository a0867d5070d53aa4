const variable = 'CUDA_VISIBLE_DEVICES';

/**
 * Hides all GPUs from a libtensorflow with CUDA that `load` loads, so that it computes on the processor. CUDA reads the variable
 * once, when libtensorflow starts; the processes that this one starts later see the GPUs.
 */
export async function withoutGpus<T>(load: () => Promise<T>): Promise<T> {
  const before = process.env[variable];
  process.env[variable] = '-1';
  try {
    return await load();
  } finally {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  }
}
