import { Random } from '@pixelrnn/random';
import { expect, test } from 'vitest';
import { biasedPlan, executorsOf, finished } from '../testing/planExecutors.js';
import { planInputs, planOf } from '../testing/plans.js';
import { referenceLogits } from './reference.js';

const unit = 2 ** 24;

test('a level is drawn where the sum of probabilities passes the uniform number', async () => {
  // Probabilities 1/8, 1/2, 1/8, 1/4, exact in binary: sums 0.125, 0.625, 0.75, 1.
  const plan = biasedPlan(
    { height: 1, width: 8, colors: 1, levels: 4 },
    [0.125, 0.5, 0.125, 0.25].map(Math.log),
  );
  const uniforms = Uint32Array.of(
    0,
    0.124 * unit,
    0.126 * unit,
    0.624 * unit,
    0.626 * unit,
    0.74 * unit,
    0.76 * unit,
    unit - 1,
  );
  for (const executor of await executorsOf(plan)) {
    const run = finished(executor, { mode: 'draw', count: 1, uniforms, nats: true });
    expect([...run.intensities()]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    const probabilities = [8, 8, 2, 2, 8, 8, 4, 4];
    probabilities.forEach((odds, i) => {
      expect(run.nats()[i]).toBeCloseTo(Math.log(odds), 6);
    });
  }
});

test('only the low 24 bits of a uniform number count', async () => {
  const plan = biasedPlan({ height: 1, width: 2, colors: 1, levels: 2 }, [0]);
  const uniforms = Uint32Array.of(0.4 * unit + 5 * unit, 0.6 * unit + 9 * unit);
  for (const executor of await executorsOf(plan)) {
    expect([...finished(executor, { mode: 'draw', count: 1, uniforms }).intensities()]).toEqual([1, 0]);
  }
});

test('a Bernoulli is 1 where the uniform number is below its probability, at any temperature', async () => {
  const plan = biasedPlan({ height: 1, width: 4, colors: 1, levels: 2 }, [Math.log(3)]); // p = 3/4
  const uniforms = Uint32Array.of(0, 0.749 * unit, 0.751 * unit, unit - 1);
  const sharper = Uint32Array.of(0, 0.899 * unit, 0.901 * unit, unit - 1); // at 1/2: 9/10
  for (const executor of await executorsOf(plan)) {
    const run = finished(executor, { mode: 'draw', count: 1, uniforms, nats: true });
    expect([...run.intensities()]).toEqual([1, 1, 0, 0]);
    expect(run.nats()[0]).toBeCloseTo(Math.log(4 / 3), 6);
    expect(run.nats()[3]).toBeCloseTo(Math.log(4), 6);
    const cold = finished(executor, { mode: 'draw', count: 1, uniforms: sharper, temperature: 0.5 });
    expect([...cold.intensities()]).toEqual([1, 1, 0, 0]);
  }
});

test('what is drawn is read at the next pixel', async () => {
  // Without a left neighbour p = 1/2; after 1 the logit is 20, after 0 it is -20.
  const plan = biasedPlan({ height: 2, width: 3, colors: 1, levels: 2 }, [0], 20);
  const half = unit / 2;
  for (const executor of await executorsOf(plan)) {
    const uniforms = Uint32Array.of(half - 1, half, half, half, half, half);
    const run = finished(executor, { mode: 'draw', count: 1, uniforms });
    expect([...run.intensities()]).toEqual([1, 1, 1, 0, 0, 0]);
  }
});

test('images of a small space come as often as their probabilities say', async () => {
  const plan = planOf('diagonalBiLSTM', { height: 2, width: 2, colors: 1, levels: 3 }, 4);
  const images = 3 ** 4;
  const all = Uint8Array.from(
    { length: images * 4 },
    (_, i) => Math.floor(Math.floor(i / 4) / 3 ** (i % 4)) % 3,
  );
  const draws = 20_000;
  const random = new Random(5);
  const uniforms = Uint32Array.from({ length: draws * 4 }, () => random.integer(unit));
  for (const executor of await executorsOf(plan)) {
    const nats = finished(executor, { mode: 'take', count: images, intensities: all, nats: true }).nats();
    const probabilities = Array.from({ length: images }, (_, i) =>
      Math.exp(-nats.subarray(4 * i, 4 * i + 4).reduce((sum, value) => sum + value, 0)),
    );
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    const drawn = finished(executor, { mode: 'draw', count: draws, uniforms }).intensities();
    const counts = new Array<number>(images).fill(0);
    for (let i = 0; i < draws; i++) {
      const index = [0, 1, 2, 3].reduce((sum, j) => sum + (drawn[4 * i + j] as number) * 3 ** j, 0);
      counts[index] = (counts[index] as number) + 1;
    }
    const chiSquare = probabilities.reduce(
      (sum, p, i) => sum + ((counts[i] as number) - draws * p) ** 2 / (draws * p),
      0,
    );
    // 80 degrees of freedom: mean 80, standard deviation 12.6.
    expect(chiSquare).toBeGreaterThan(40);
    expect(chiSquare).toBeLessThan(130);
    expect(Math.max(...probabilities) / Math.min(...probabilities)).toBeGreaterThan(2);
  }
});

test.each(['convolutions', 'rowLSTM', 'diagonalBiLSTM', 'gated', 'mcgsm'])(
  '%s: known pixels stand, and the others are drawn as if those had been drawn',
  async (kind) => {
    const plan = planOf(kind, { height: 5, width: 6, colors: 3, levels: 4 }, 9);
    const { count, uniforms, known, conditions } = planInputs(plan, 3, 2);
    for (const executor of await executorsOf(plan)) {
      const common = { mode: 'draw', count, uniforms, conditions, nats: true } as const;
      const free = finished(executor, common);
      const intensities = free.intensities().map((value, i) => (known[Math.floor(i / 3) % 30] ? value : 3));
      const run = finished(executor, { ...common, known, intensities, logits: 'all' });
      expect(run.intensities()).toEqual(free.intensities());
      const wanted = free.nats().map((value, i) => (known[Math.floor(i / 3) % 30] ? 0 : value));
      expect(run.nats()).toEqual(wanted);
      const zeros = run.logits().filter((_, i) => known[Math.floor(i / 12) % 30]);
      expect(zeros.length).toBeGreaterThan(0);
      expect(zeros.every((logit) => logit === 0)).toBe(true);
      const each = new Uint8Array(3 * 30);
      for (let i = 0; i < 3; i++) each.set(i === 1 ? known : new Uint8Array(30), i * 30);
      const one = finished(executor, { ...common, known: each, intensities });
      expect(one.intensities()).toEqual(free.intensities());
      expect(one.nats().filter((value) => value === 0).length).toBe(3 * known.filter(Boolean).length);
    }
  },
);

test('guidance mixes the logits of two sets of conditions', async () => {
  const plan = planOf('gated', { height: 3, width: 4, colors: 3, levels: 4 }, 2);
  const { count, intensities, conditions, others, uniforms } = planInputs(plan, 5, 1);
  const own = referenceLogits(plan, { count, intensities, conditions });
  const other = referenceLogits(plan, { count, intensities, conditions: others });
  for (const executor of await executorsOf(plan)) {
    const guidance = { scale: 2.5, conditions: others };
    const common = { count, conditions, guidance, logits: 'all' } as const;
    const logits = finished(executor, { ...common, mode: 'take', intensities }).logits();
    const worst = logits.reduce((most, logit, i) => {
      const wanted = (other[i] as number) + 2.5 * ((own[i] as number) - (other[i] as number));
      return Math.max(most, Math.abs(logit - wanted));
    }, 0);
    expect(worst).toBeLessThan(1e-5);
    // Drawn under guidance of 1, images are those without.
    const plain = finished(executor, { mode: 'draw', count, conditions, uniforms }).intensities();
    const one = { ...common, mode: 'draw', uniforms, guidance: { scale: 1, conditions } } as const;
    expect(finished(executor, one).intensities()).toEqual(plain);
    const far = finished(executor, { ...one, guidance: { scale: 8, conditions: others } });
    expect(far.intensities()).not.toEqual(plain);
    const again = finished(executor, {
      ...common,
      mode: 'take',
      intensities: far.intensities(),
      guidance: { scale: 8, conditions: others },
    });
    expect(again.logits()).toEqual(far.logits());
  }
});

test('logits of the last position alone', async () => {
  const plan = planOf('convolutions', { height: 2, width: 3, colors: 3, levels: 4 }, 3);
  const { count, intensities } = planInputs(plan, 2, 8);
  const all = referenceLogits(plan, { count, intensities });
  for (const executor of await executorsOf(plan)) {
    const run = executor.start({ mode: 'take', count, intensities, logits: 'last' });
    for (let pixel = 0; pixel < 6; pixel++) {
      run.advance(1);
      expect(run.position).toBe(pixel + 1);
      const logits = run.logits();
      for (let image = 0; image < 2; image++) {
        for (let i = 0; i < 12; i++)
          expect(logits[image * 12 + i]).toBeCloseTo(all[(image * 6 + pixel) * 12 + i] as number, 5);
      }
    }
    expect(run.intensities()).toEqual(intensities);
  }
});
