import { afterEach, expect, test, vi } from 'vitest';
import { withoutGpus } from './withoutGpus.js';

afterEach(() => vi.unstubAllEnvs());

test.each([undefined, '0,1'])('GPUs are hidden while TensorFlow loads, and then %s again', async (before) => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', before);
  const visible = () => process.env.CUDA_VISIBLE_DEVICES;
  expect(await withoutGpus(async () => visible())).toBe('-1');
  expect(visible()).toBe(before);
  const broken = async () => {
    throw new Error(`hidden: ${visible()}`);
  };
  await expect(withoutGpus(broken)).rejects.toThrow('hidden: -1');
  expect(visible()).toBe(before);
});
