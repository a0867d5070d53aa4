import { decodePlan, wasmExecutor } from '@pixelrnn/kernels/plan';

/** Intensities [count, H, W, C], drawn a row at a time; uniforms [count, H, W, C] are integers below 2^24. */
export async function drawImages(
  file: Uint8Array,
  count: number,
  uniforms: Uint32Array,
): Promise<Uint8Array> {
  const plan = decodePlan(file);
  const executor = await wasmExecutor(plan);
  const run = executor.start({ mode: 'draw', count, uniforms });
  while (run.position < run.pixels) {
    run.advance(plan.width);
    console.log(`${run.position} of ${run.pixels} pixels`);
  }
  return run.intensities();
}
