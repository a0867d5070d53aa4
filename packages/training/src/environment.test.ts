import { loadEngine } from '@pixelrnn/engine';
import { expect, it } from 'vitest';
import { environment } from './environment.js';

it('names engine, versions, processor, commit and data', async () => {
  const engine = await loadEngine({ quiet: true });
  const found = environment(engine, { 'a.amat': 'ad69' });
  expect(found).toMatchObject({ engine: engine.engine, node: process.version, data: { 'a.amat': 'ad69' } });
  expect(['native', 'wasm', 'composed']).toContain(found.kernels);
  expect(found.cores).toBeGreaterThan(0);
  expect(found.cpu.length).toBeGreaterThan(0);
  expect('gpus' in found).toBe(engine.engine === 'gpu');
  expect(environment({ ...engine, engine: 'gpu' }, {}).gpus).toBeInstanceOf(Array);
  if (found.commit !== null) expect(found.commit).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
});
