import { Random } from '@pixelrnn/random';
import type { MapId, Place, Plan, PlanMap, PlanOutput, PlanTap, PlanTerm, SumStep } from '../plan/plan.js';
import { blocksOf } from '../plan/plan.js';
import { colorOf } from '../plan/planMaps.js';

export interface PlanSize {
  height: number;
  width: number;
  colors: number;
  levels: number;
}

type SumOptions = Partial<Omit<SumStep, 'kind' | 'terms' | 'bias'>> & {
  terms: readonly { map: MapId; taps: readonly PlanTap[]; inputActivation?: 'relu' | 'linear' }[];
};

/** Plans with seeded weights, as layers would describe them. */
export class PlanBuilder {
  readonly plan: Plan;
  private readonly random: Random;

  constructor(size: PlanSize, seed: number) {
    this.random = new Random(seed);
    this.plan = {
      ...size,
      maps: [{ channels: size.colors, groups: 'cyclic', stride: 1 }],
      steps: [],
      pixels: 0,
      conditions: [],
      output: { kind: 'softmax', map: -1 },
      knownStride: null,
    };
  }

  map(channels: number, groups: PlanMap['groups'] = 'cyclic', rest: Partial<PlanMap> = {}): MapId {
    this.plan.maps.push({ channels, groups, stride: 1, ...rest });
    return this.plan.maps.length - 1;
  }

  condition(channels: number, stride: number): MapId {
    const id = this.map(channels, 'all', { stride });
    this.plan.conditions.push(id);
    return id;
  }

  weights(count: number, size = 0.5): () => Float32Array {
    const values = Float32Array.from({ length: count }, () => (2 * this.random.uniform() - 1) * size);
    return () => values;
  }

  /** A sum into a map, with masked weights. */
  sum(out: MapId, { terms, ...rest }: SumOptions): MapId {
    const { unit = 'linear' } = rest;
    const sums = blocksOf(unit) * this.at(out).channels;
    this.plan.steps.push({
      kind: 'sum',
      when: 'pixel',
      out,
      additions: [],
      residuals: [],
      ...rest,
      unit,
      terms: terms.map((term) => this.term(out, sums, term)),
      bias: this.weights(sums),
    });
    return out;
  }

  /** A masked convolution of odd sides. */
  conv(from: MapId, channels: number, options: ConvOptions = {}): MapId {
    const { side = 1, mask = 'B', relu = true, groups, ...rest } = options;
    const term = {
      map: from,
      taps: maskedTaps(side, mask),
      inputActivation: relu ? ('relu' as const) : ('linear' as const),
    };
    return this.sum(this.map(channels, groups), { ...rest, terms: [term] });
  }

  rowLSTM(from: MapId, h: number): MapId {
    const hidden = this.map(h, 'cyclic', { above: this.weights(h) });
    const cell = this.map(h, 'cyclic', { above: this.weights(h) });
    return this.sum(hidden, {
      unit: 'lstm',
      cell: { map: cell, row: -1, column: 0 },
      terms: [
        { map: from, taps: [tap(0, -1), tap(0, 0, 'upTo')] },
        { map: hidden, taps: [tap(-1, -1), tap(-1, 0), tap(-1, 1)] },
      ],
    });
  }

  /** Both directions, then a 1x1 convolution over their sum and a residual. */
  diagonalBiLSTM(from: MapId, h: number): MapId {
    const right = this.direction(from, h, 'pixel');
    const left = this.direction(from, h, 'rowReversed');
    const { channels } = this.at(from);
    return this.sum(this.map(channels), {
      terms: [
        { map: right, taps: [tap(0, 0, 'upTo')] },
        { map: left, taps: [tap(-1, 0)] },
      ],
      residuals: [here(from)],
    });
  }

  private direction(from: MapId, h: number, when: 'pixel' | 'rowReversed'): MapId {
    const side = when === 'pixel' ? 'left' : 'right';
    const column = when === 'pixel' ? -1 : 1;
    const hidden = this.map(h, 'cyclic', { [side]: this.weights(h) });
    const cell = this.map(h, 'cyclic', { [side]: this.weights(h) });
    return this.sum(hidden, {
      when,
      unit: 'lstm',
      cell: { map: cell, row: 0, column },
      terms: [
        { map: from, taps: [tap(0, 0, 'upTo')] },
        { map: hidden, taps: [tap(0, column), tap(-1, 0)] },
      ],
    });
  }

  /** A gated layer: the vertical stack by rows, its sums added to the horizontal one's. */
  gated(vertical: MapId, horizontal: MapId, p: number, options: GatedOptions = {}): [MapId, MapId] {
    const { additions = [], first = false } = options;
    const sums = this.sum(this.map(2 * p, 'all'), {
      when: 'row',
      terms: [{ map: vertical, taps: [-1, 0].flatMap((r) => [-1, 0, 1].map((c) => tap(r, c))) }],
    });
    const next = this.map(p, 'all');
    this.plan.steps.push({
      kind: 'sum',
      when: 'row',
      out: next,
      terms: [],
      additions: [here(sums)],
      unit: 'gated',
      residuals: [],
    });
    const link = this.sum(this.map(2 * p, 'all'), { when: 'row', terms: [{ map: sums, taps: [tap(0, 0)] }] });
    const out = this.sum(this.map(p), {
      unit: 'gated',
      terms: [{ map: horizontal, taps: [tap(0, -1), tap(0, 0, first ? 'before' : 'upTo')] }],
      additions: [{ map: link, row: -1, column: 0 }, ...additions],
    });
    return [next, this.sum(this.map(p), { terms: [{ map: out, taps: [tap(0, 0, 'upTo')] }] })];
  }

  subsample(from: MapId, stride: number): MapId {
    const out = this.map(this.at(from).channels, 'all', { stride });
    this.plan.steps.push({ kind: 'subsample', when: 'before', from, out, stride });
    return out;
  }

  upsample(from: MapId, channels: number, stride: number, kernel: number): MapId {
    const out = this.map(channels, 'all', { stride: this.at(from).stride / stride });
    const weights = this.weights(kernel * kernel * this.at(from).channels * channels);
    const bias = this.weights(channels);
    this.plan.steps.push({
      kind: 'upsample',
      when: 'before',
      from,
      out,
      stride,
      kernel,
      unit: 'relu',
      weights,
      bias,
    });
    return out;
  }

  /** The head's last convolution, and what becomes of it. */
  output(from: MapId, kind: PlanOutput['kind'] = this.plan.levels === 2 ? 'bernoulli' : 'softmax'): Plan {
    const { colors, levels } = this.plan;
    const [components, scales, features] = [3, 2, 4];
    const perColor = kind === 'mcgsm' ? components + features : kind === 'bernoulli' ? 1 : levels;
    const map = this.conv(from, colors * perColor, { groups: 'contiguous' });
    this.plan.output = { kind, map } as PlanOutput;
    if (kind === 'mcgsm') {
      const eta = this.weights(colors * components * scales);
      const alpha = this.weights(colors * components * scales, 3);
      const beta = this.weights(colors * components * features);
      this.plan.output = { kind, map, components, scales, features, eta, alpha, beta };
    }
    return this.plan;
  }

  at(id: MapId): PlanMap {
    return this.plan.maps[id] as PlanMap;
  }

  private term(out: MapId, sums: number, term: SumOptions['terms'][number]): PlanTerm {
    const { colors } = this.plan;
    const [to, from] = [this.at(out), this.at(term.map)];
    const fan = Math.sqrt(from.channels * term.taps.length);
    const values = this.weights(term.taps.length * from.channels * sums, 1.5 / fan)();
    for (let i = 0; i < values.length; i++) {
      const sum = i % sums;
      const channel = Math.floor(i / sums) % from.channels;
      const { row, column, colors: rule } = term.taps[Math.floor(i / sums / from.channels)] as PlanTap;
      const [a, b] = [colorOf(from, colors, channel), colorOf(to, colors, sum % to.channels)];
      if (row === 0 && column === 0 && a >= 0 && (rule === 'before' ? a >= b : rule === 'upTo' && a > b))
        values[i] = 0;
    }
    return { ...term, taps: [...term.taps], weights: () => values };
  }
}

interface ConvOptions extends Partial<Omit<SumStep, 'kind' | 'terms' | 'bias'>> {
  side?: number;
  mask?: 'A' | 'B';
  relu?: boolean;
  groups?: PlanMap['groups'];
}

interface GatedOptions {
  additions?: Place[];
  first?: boolean;
}

export const here = (map: MapId): Place => ({ map, row: 0, column: 0 });

export const tap = (row: number, column: number, colors: PlanTap['colors'] = 'all'): PlanTap => ({
  row,
  column,
  colors,
});

function maskedTaps(side: number, mask: 'A' | 'B'): PlanTap[] {
  const reach = (side - 1) / 2;
  const taps: PlanTap[] = [];
  for (let row = -reach; row <= 0; row++) {
    for (let column = -reach; column <= reach; column++) {
      if (row < 0 || column < 0) taps.push(tap(row, column));
    }
  }
  return [...taps, tap(0, 0, mask === 'A' ? 'before' : 'upTo')];
}
