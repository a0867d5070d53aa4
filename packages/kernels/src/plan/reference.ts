import { checkPlan } from './checkPlan.js';
import type { MapId, Place, Plan, PlanStep, SumStep, UpsampleStep } from './plan.js';
import { blocksOf } from './plan.js';
import {
  channelsOf,
  colorOf,
  logitsPerColor,
  mapAt,
  parametersPerColor,
  sizeOf,
  valuesOf,
} from './planMaps.js';
import { referenceOutput } from './referenceOutput.js';

export interface ReferenceInputs {
  /** N */
  count: number;
  /** [N, H, W, C], 0 .. levels - 1. */
  intensities: Uint8Array;
  /** As {@link Plan.conditions}, each [N, rows, columns, channels], or [N, channels] of a vector. */
  conditions?: readonly Float32Array[];
}

/**
 * A plan's logits, by the letter of its definition: pixel by pixel, colour by colour, on whole float32 maps with sums in
 * double precision. Slow; what the executors are compared with.
 *
 * @returns [N, H, W, C, 1 of a Bernoulli or levels]; of a mixture the logarithms of the levels' probabilities
 */
export function referenceLogits(
  plan: Plan,
  { count, intensities, conditions = [] }: ReferenceInputs,
): Float32Array {
  checkPlan(plan);
  const { height, width, colors } = plan;
  const perImage = height * width * colors;
  const logits = logitsPerColor(plan);
  const result = new Float32Array(count * perImage * logits);
  for (let image = 0; image < count; image++) {
    const given = plan.conditions.map((id, i) => {
      const size = valuesOf(plan, mapAt(plan, id));
      return (conditions[i] as Float32Array).subarray(image * size, (image + 1) * size);
    });
    const walk = new Walk(plan, intensities.subarray(image * perImage, (image + 1) * perImage), given);
    result.set(walk.logits(), image * perImage * logits);
  }
  return result;
}

/** One image. */
class Walk {
  private readonly maps: Float32Array[];

  constructor(
    private readonly plan: Plan,
    private readonly intensities: Uint8Array,
    conditions: readonly Float32Array[],
  ) {
    this.maps = plan.maps.map((map) => new Float32Array(valuesOf(plan, map)));
    plan.conditions.forEach((id, i) => {
      this.maps[id]?.set(conditions[i] as Float32Array);
    });
  }

  logits(): Float32Array {
    const { height, width, colors, steps, knownStride, output } = this.plan;
    if (knownStride) {
      for (let row = 0; row < height; row += knownStride)
        for (let column = 0; column < width; column += knownStride)
          for (let color = 0; color < colors; color++) this.know(row, column, color);
    }
    for (const step of steps) if (step.when === 'before') this.wholeMap(step);
    const result: number[] = [];
    const parameters = parametersPerColor(this.plan);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let color = 0; color < colors; color++) {
          for (const step of steps) {
            if (step.when === 'pixel' && step.kind === 'sum') this.sum(step, row, column, color);
          }
          const all = (row * width + column) * colors * parameters;
          const from = (this.maps[output.map] as Float32Array).subarray(all, all + colors * parameters);
          const own = from.subarray(color * parameters, (color + 1) * parameters);
          for (const logit of referenceOutput(this.plan, color, own)) result.push(logit);
          this.know(row, column, color);
        }
      }
      for (const step of steps) {
        if ((step.when === 'row' || step.when === 'rowReversed') && step.kind === 'sum') this.row(step, row);
      }
    }
    return Float32Array.from(result);
  }

  /** Writes a pixel's colour, scaled to [-1, 1]. */
  private know(row: number, column: number, color: number): void {
    const { width, colors, levels, pixels } = this.plan;
    const at = (row * width + column) * colors + color;
    (this.maps[pixels] as Float32Array)[at] = ((this.intensities[at] as number) * 2) / (levels - 1) - 1;
  }

  private row(step: SumStep, row: number): void {
    const { width } = this.plan;
    for (let i = 0; i < width; i++) {
      const column = step.when === 'row' ? i : width - 1 - i;
      for (let color = 0; color < this.plan.colors; color++) this.sum(step, row, column, color);
    }
  }

  private wholeMap(step: PlanStep): void {
    const { height, width } = sizeOf(this.plan, mapAt(this.plan, step.out));
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        if (step.kind === 'upsample') this.upsample(step, row, column);
        else if (step.kind === 'subsample') {
          const channels = mapAt(this.plan, step.out).channels;
          const place = { map: step.from, row: 0, column: 0 };
          for (let channel = 0; channel < channels; channel++) {
            const value = this.read(place, row * step.stride, column * step.stride, channel);
            this.write(step.out, row, column, channel, value);
          }
        } else {
          for (let color = 0; color < this.plan.colors; color++) this.sum(step, row, column, color);
        }
      }
    }
  }

  /** The value at a distance from a position, or the border's. */
  private read(
    { map: id, row: down, column: right }: Place,
    row: number,
    column: number,
    channel: number,
  ): number {
    const map = mapAt(this.plan, id);
    const values = this.maps[id] as Float32Array;
    if (map.stride === 0) return values[channel] as number;
    const { height, width } = sizeOf(this.plan, map);
    const [r, c] = [row + down, column + right];
    const outside = c < 0 || c >= width;
    if (r < 0) return outside ? 0 : (map.above?.()[channel] ?? 0);
    if (r >= height) return 0;
    if (outside) return ((c < 0 ? map.left : map.right)?.() ?? [])[channel] ?? 0;
    return values[(r * width + c) * map.channels + channel] as number;
  }

  private write(id: MapId, row: number, column: number, channel: number, value: number): void {
    const map = mapAt(this.plan, id);
    const { width } = sizeOf(this.plan, map);
    (this.maps[id] as Float32Array)[(row * width + column) * map.channels + channel] = value;
  }

  /** The channels of one colour, or all of a map without colours. */
  private sum(step: SumStep, row: number, column: number, color: number): void {
    const { colors } = this.plan;
    const out = mapAt(this.plan, step.out);
    const blocks = blocksOf(step.unit);
    const { first, step: stride, count } = channelsOf(out, colors, color);
    for (let i = 0; i < count; i++) {
      const channel = first + i * stride;
      const sums = Array.from({ length: blocks }, (_, block) =>
        this.preActivation(step, row, column, block * out.channels + channel, color),
      );
      let value = this.unit(step, sums, row, column, channel);
      for (const place of step.residuals) value += this.read(place, row, column, channel);
      this.write(step.out, row, column, channel, value);
    }
  }

  private preActivation(step: SumStep, row: number, column: number, sum: number, color: number): number {
    const { colors } = this.plan;
    const out = mapAt(this.plan, step.out);
    const sums = blocksOf(step.unit) * out.channels;
    let result = step.bias?.()[sum] ?? 0;
    for (const { map: id, taps, inputActivation, weights } of step.terms) {
      const map = mapAt(this.plan, id);
      const values = weights();
      taps.forEach((tap, t) => {
        const here = tap.row === 0 && tap.column === 0 && tap.colors !== 'all';
        for (let channel = 0; channel < map.channels; channel++) {
          const from = colorOf(map, colors, channel);
          if (here && (tap.colors === 'before' ? from >= color : from > color)) continue;
          const x = this.read({ map: id, ...tap }, row, column, channel);
          const weight = values[(t * map.channels + channel) * sums + sum] as number;
          result += weight * (inputActivation === 'relu' ? Math.max(x, 0) : x);
        }
      });
    }
    for (const place of step.additions) result += this.read(place, row, column, sum);
    return result;
  }

  private unit(step: SumStep, sums: number[], row: number, column: number, channel: number): number {
    const [a, b, c, d] = sums as [number, number, number, number];
    switch (step.unit) {
      case 'linear':
        return a;
      case 'relu':
        return Math.max(a, 0);
      case 'gated':
        return Math.tanh(a) * sigmoid(b);
      case 'lstm': {
        const place = step.cell as Place;
        const cell = sigmoid(b) * this.read(place, row, column, channel) + sigmoid(c) * Math.tanh(d);
        this.write(place.map, row, column, channel, cell);
        return sigmoid(a) * Math.tanh(cell);
      }
    }
  }

  private upsample(step: UpsampleStep, row: number, column: number): void {
    const { stride, kernel } = step;
    const [from, out] = [mapAt(this.plan, step.from), mapAt(this.plan, step.out)];
    const [weights, bias] = [step.weights(), step.bias()];
    const reach = (kernel - 1) / 2;
    for (let channel = 0; channel < out.channels; channel++) {
      let sum = bias[channel] as number;
      for (let i = 0; i < kernel; i++) {
        for (let j = 0; j < kernel; j++) {
          const [r, c] = [row + i - reach, column + j - reach];
          if (r % stride !== 0 || c % stride !== 0) continue;
          for (let input = 0; input < from.channels; input++) {
            const x = this.read({ map: step.from, row: r / stride, column: c / stride }, 0, 0, input);
            sum +=
              x * (weights[((i * kernel + j) * from.channels + input) * out.channels + channel] as number);
          }
        }
      }
      this.write(step.out, row, column, channel, step.unit === 'relu' ? Math.max(sum, 0) : sum);
    }
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
