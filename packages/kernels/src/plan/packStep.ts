import type { MapId, Plan, PlanMap, PlanTap, PlanTerm, SumStep, UpsampleStep } from './plan.js';
import { blocksOf } from './plan.js';
import { type ChannelRange, channelsOf, colorOf, mapAt, sumsOf } from './planMaps.js';

/** Sums that a product holds in registers at once, at most; `kTile` of cpp/plan/program.h. */
const tile = 8;

/** Channels at a place, each of which is one row of weights: first, first + step, ... */
interface Segment extends ChannelRange {
  map: MapId;
  row: number;
  column: number;
  relu: boolean;
}

/** What is computed of a step at once: one colour's channels, or one phase of an upsampling. */
export interface Pass extends ChannelRange {
  segments: Segment[];
  /** [sums] */
  bias: Float32Array;
  /** Tile after tile, each [rows of all segments, sums of the tile]. */
  weights: Float32Array;
}

/** A product's input before it is packed: channels that belong to one run, and where their weights begin. */
interface Input {
  segment: Segment;
  /** The weight of the segment's i-th channel for a sum. */
  weight: (i: number, sum: number) => number;
}

/**
 * Sizes of the tiles that `sums` are computed in: as equal as they can be, none above {@link tile}.
 */
export function tilesOf(sums: number): number[] {
  const count = Math.ceil(sums / tile);
  return Array.from({ length: count }, (_, i) => Math.floor(sums / count) + (i < sums % count ? 1 : 0));
}

/** The passes of a sum step: one a colour, or one alone where the channels of its map belong to none. */
export function packSum(plan: Plan, step: SumStep, index: number): Pass[] {
  const out = mapAt(plan, step.out);
  const sums = sumsOf(step, out.channels);
  const bias = read(step.bias, sums, `the bias of step ${index}`);
  const terms = step.terms.map((term) => {
    const map = mapAt(plan, term.map);
    const count = term.taps.length * map.channels * sums;
    return { ...term, of: map, values: read(term.weights, count, `weights of step ${index}`) };
  });
  const colors = out.groups === 'all' ? 1 : plan.colors;
  return Array.from({ length: colors }, (_, color) => {
    const channels = channelsOf(out, plan.colors, color);
    const own = ownSums(channels, out.channels, blocksOf(step.unit));
    const inputs = terms.flatMap((term) =>
      term.taps.flatMap((tap, t) => {
        const { map, of, values, inputActivation } = term;
        const inputOf = (run: ChannelRange): Input => ({
          segment: { map, row: tap.row, column: tap.column, relu: inputActivation === 'relu', ...run },
          weight: (i, sum) => values[(t * of.channels + run.first + i * run.step) * sums + sum] as number,
        });
        const groups = groupsOf(of, plan.colors);
        const read = groups
          .filter((_, from) => allowed(of, tap, from, color))
          .map(inputOf)
          .filter((input) => live(input, own));
        const whole = { first: 0, step: 1, count: of.channels };
        return read.length === groups.length ? [inputOf(whole)] : read;
      }),
    );
    return pack(plan, channels, own, inputs, bias);
  });
}

/** The passes of an upsampling: for each phase of row and column the taps that fall on a pixel. */
export function packUpsample(plan: Plan, step: UpsampleStep, index: number): Pass[] {
  const [from, out] = [mapAt(plan, step.from), mapAt(plan, step.out)];
  const { stride, kernel } = step;
  const count = kernel * kernel * from.channels * out.channels;
  const values = read(step.weights, count, `weights of step ${index}`);
  const bias = read(step.bias, out.channels, `the bias of step ${index}`);
  const channels = { first: 0, step: 1, count: out.channels };
  const own = ownSums(channels, out.channels, 1);
  const reach = (kernel - 1) / 2;
  return Array.from({ length: stride * stride }, (_, phase) => {
    const [row, column] = [Math.floor(phase / stride), phase % stride];
    const inputs: Input[] = [];
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const r = (row + Math.floor(tap / kernel) - reach) / stride;
      const c = (column + (tap % kernel) - reach) / stride;
      if (!Number.isInteger(r) || !Number.isInteger(c)) continue;
      inputs.push({
        segment: { map: step.from, row: r, column: c, relu: false, first: 0, step: 1, count: from.channels },
        weight: (i, sum) => values[(tap * from.channels + i) * out.channels + sum] as number,
      });
    }
    return pack(plan, channels, own, inputs, bias);
  });
}

/** The sums behind the channels of a pass, block after block. */
function ownSums({ first, step, count }: ChannelRange, channels: number, blocks: number): number[] {
  return Array.from(
    { length: blocks * count },
    (_, i) => Math.floor(i / count) * channels + first + (i % count) * step,
  );
}

/** The channels of each colour; those of a map whose channels belong to none are one group. */
function groupsOf(map: PlanMap, colors: number): ChannelRange[] {
  const count = map.groups === 'all' ? 1 : colors;
  return Array.from({ length: count }, (_, from) => channelsOf(map, colors, from)).filter(
    (group) => group.count > 0,
  );
}

/** Whether a tap of an output's colour may read a colour of the map. */
function allowed(map: PlanMap, { row, column, colors }: PlanTap, from: number, to: number): boolean {
  if (row !== 0 || column !== 0 || colors === 'all' || map.groups === 'all') return true;
  return colors === 'before' ? from < to : from <= to;
}

/** Whether any weight is not zero: masks of other pixels' colours are found so. */
function live({ segment, weight }: Input, sums: readonly number[]): boolean {
  for (let i = 0; i < segment.count; i++) {
    for (const sum of sums) if (weight(i, sum) !== 0) return true;
  }
  return false;
}

function pack(
  plan: Plan,
  channels: ChannelRange,
  sums: readonly number[],
  inputs: readonly Input[],
  bias: Float32Array,
): Pass {
  const rows = inputs.reduce((total, { segment }) => total + segment.count, 0);
  const weights = new Float32Array(rows * sums.length);
  let to = 0;
  let begin = 0;
  for (const size of tilesOf(sums.length)) {
    for (const { segment, weight } of inputs) {
      for (let i = 0; i < segment.count; i++) {
        for (let s = begin; s < begin + size; s++) weights[to++] = weight(i, sums[s] as number);
      }
    }
    begin += size;
  }
  return {
    ...channels,
    segments: merged(
      plan,
      inputs.map(({ segment }) => segment),
    ),
    bias: Float32Array.from(sums, (sum) => bias[sum] as number),
    weights,
  };
}

/** Whole neighbours in a row lie one after the other in memory: one segment. */
function merged(plan: Plan, segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    const { channels, stride } = mapAt(plan, segment.map);
    const whole = ({ first, step, count }: Segment) => first === 0 && step === 1 && count % channels === 0;
    const follows =
      last &&
      stride > 0 &&
      last.map === segment.map &&
      last.row === segment.row &&
      last.relu === segment.relu &&
      whole(last) &&
      whole(segment) &&
      last.column + last.count / channels === segment.column;
    if (follows) last.count += segment.count;
    else result.push({ ...segment });
  }
  return result;
}

/** @throws Error where there are not as many weights as there must be */
export function read(weights: PlanTerm['weights'] | undefined, count: number, what: string): Float32Array {
  if (!weights) return new Float32Array(count);
  const values = weights();
  if (values.length !== count) throw new Error(`plan: expected ${count} of ${what}, got ${values.length}`);
  return values;
}

/** @throws Error where a weight that a tap's colours do not allow is not zero: a map that leaks */
export function checkMasked(plan: Plan, step: SumStep, index: number): void {
  const out = mapAt(plan, step.out);
  const sums = sumsOf(step, out.channels);
  for (const { map: id, taps, weights } of step.terms) {
    const map = mapAt(plan, id);
    const masked = taps.flatMap((tap, t) => (allowed(map, tap, 1, 0) ? [] : [{ tap, t }]));
    if (masked.length === 0) continue;
    const values = weights();
    for (const { tap, t } of masked) {
      for (let channel = 0; channel < map.channels; channel++) {
        const from = colorOf(map, plan.colors, channel);
        for (let sum = 0; sum < sums; sum++) {
          if (values[(t * map.channels + channel) * sums + sum] === 0) continue;
          const to = colorOf(out, plan.colors, sum % out.channels);
          if (!allowed(map, tap, from, to))
            throw new Error(
              `plan: step ${index} has a weight from colour ${from} to ${to} of its own pixel, which its mask forbids`,
            );
        }
      }
    }
  }
}
