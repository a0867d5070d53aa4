import { Random } from '@pixelrnn/random';
import type { Plan } from '../plan/plan.js';
import { mapAt, valuesOf } from '../plan/planMaps.js';
import { here, PlanBuilder, type PlanSize, tap } from './planBuilder.js';

/** Plans of every kind of step, by name; each for any size that `fits`. */
export const planKinds: Record<string, (size: PlanSize, seed: number) => Plan> = {
  /** PixelCNN with a residual block; channel counts that colours do not divide. */
  convolutions(size, seed) {
    const b = new PlanBuilder(size, seed);
    const first = b.conv(b.plan.pixels, 10, { side: 5, mask: 'A', relu: false });
    const narrow = b.conv(first, 5);
    const wide = b.conv(narrow, 7, { side: 3 });
    const block = b.conv(wide, 10, { residuals: [here(first)] });
    return b.output(b.conv(block, 11, { unit: 'relu' }));
  },
  rowLSTM(size, seed) {
    const b = new PlanBuilder(size, seed);
    const first = b.conv(b.plan.pixels, 8, { side: 3, mask: 'A', relu: false });
    const layer = b.rowLSTM(b.rowLSTM(first, 5), 4);
    return b.output(b.conv(layer, 8, { residuals: [here(first)] }));
  },
  diagonalBiLSTM(size, seed) {
    const b = new PlanBuilder(size, seed);
    const first = b.conv(b.plan.pixels, 7, { side: 3, mask: 'A', relu: false });
    return b.output(b.diagonalBiLSTM(b.diagonalBiLSTM(first, 4), 3));
  },
  /** Gated stacks with a class vector and a map condition. */
  gated(size, seed) {
    const b = new PlanBuilder(size, seed);
    const label = b.condition(4, 0);
    const place = b.condition(3, 1);
    const projected = b.sum(b.map(8, 'all', { stride: 0 }), {
      when: 'before',
      terms: [{ map: label, taps: [tap(0, 0)] }],
    });
    const { pixels } = b.plan;
    const [v1, h1] = b.gated(pixels, pixels, 5, { first: true });
    const [v2, h2] = b.gated(v1, h1, 4, { additions: [here(projected)] });
    const [, h3] = b.gated(v2, h2, 5);
    const mixed = b.sum(b.map(9), {
      terms: [
        { map: h3, taps: [tap(0, 0, 'upTo')] },
        { map: place, taps: [tap(0, 0), tap(1, 1), tap(-1, 0)] },
        { map: label, taps: [tap(0, 0)] },
      ],
    });
    return b.output(mixed);
  },
  /** A known image every second pixel, upsampled into conditions; sides must be even. */
  multiScale(size, seed) {
    const b = new PlanBuilder(size, seed);
    b.plan.knownStride = 2;
    const small = b.subsample(b.plan.pixels, 2);
    const refined = b.upsample(small, 4, 1, 3);
    const condition = b.upsample(refined, 5, 2, 5);
    const first = b.sum(b.map(6), {
      terms: [
        { map: b.plan.pixels, taps: [tap(-1, 0), tap(-1, 1), tap(0, -1), tap(0, 0, 'before')] },
        { map: condition, taps: [tap(0, 0), tap(0, 1), tap(1, 0)] },
      ],
    });
    return b.output(b.rowLSTM(first, 4));
  },
  mcgsm(size, seed) {
    const b = new PlanBuilder({ ...size, levels: Math.max(size.levels, 3) }, seed);
    const first = b.conv(b.plan.pixels, 6, { side: 3, mask: 'A', relu: false });
    return b.output(b.conv(first, 6), 'mcgsm');
  },
};

export const fits = (kind: string, { height, width }: PlanSize): boolean =>
  kind !== 'multiScale' || (height % 2 === 0 && width % 2 === 0);

export const planOf = (kind: string, size: PlanSize, seed: number): Plan =>
  (planKinds[kind] as (typeof planKinds)[string])(size, seed);

/** Everything a run of `count` images can need, seeded. */
export function planInputs(plan: Plan, count: number, seed: number) {
  const random = new Random(seed).split('inputs');
  const values = count * plan.height * plan.width * plan.colors;
  const conditionsOf = () =>
    plan.conditions.map((id) =>
      Float32Array.from({ length: count * valuesOf(plan, mapAt(plan, id)) }, () => 2 * random.uniform() - 1),
    );
  return {
    count,
    intensities: Uint8Array.from({ length: values }, () => random.integer(plan.levels)),
    uniforms: Uint32Array.from({ length: values }, () => random.integer(2 ** 24)),
    known: Uint8Array.from({ length: plan.height * plan.width }, () => (random.integer(3) === 0 ? 1 : 0)),
    conditions: conditionsOf(),
    others: conditionsOf(),
  };
}
