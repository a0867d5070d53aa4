import type { MapId, Plan, PlanMap, PlanStep, SumStep } from './plan.js';
import { blocksOf } from './plan.js';

/** Channels first, first + step, ... : `count` of them. */
export interface ChannelRange {
  first: number;
  step: number;
  count: number;
}

/** The channels of a colour; all of them where a map's channels belong to none. */
export function channelsOf({ channels, groups }: PlanMap, colors: number, color: number): ChannelRange {
  if (groups === 'all') return { first: 0, step: 1, count: channels };
  if (groups === 'cyclic') {
    return { first: color, step: colors, count: Math.max(0, Math.ceil((channels - color) / colors)) };
  }
  const count = channels / colors;
  return { first: color * count, step: 1, count };
}

/** The colour that a channel belongs to; -1 where channels belong to none. */
export function colorOf({ channels, groups }: PlanMap, colors: number, channel: number): number {
  if (groups === 'all') return -1;
  return groups === 'cyclic' ? channel % colors : Math.floor((channel * colors) / channels);
}

/** Rows and columns of a map; a vector is one position. */
export function sizeOf(plan: Pick<Plan, 'height' | 'width'>, { stride }: PlanMap) {
  if (stride === 0) return { height: 1, width: 1 };
  return { height: Math.ceil(plan.height / stride), width: Math.ceil(plan.width / stride) };
}

/** Values of a map in one image: rows x columns x channels. */
export function valuesOf(plan: Pick<Plan, 'height' | 'width'>, map: PlanMap): number {
  const { height, width } = sizeOf(plan, map);
  return height * width * map.channels;
}

/** A map by its index. */
export function mapAt(plan: Plan, id: MapId): PlanMap {
  const map = plan.maps[id];
  if (!map) throw new Error(`plan: there is no map ${id} among ${plan.maps.length}`);
  return map;
}

/** Logits of a colour: 1 of a Bernoulli, else one a level; a mixture's are logarithms of its probabilities. */
export const logitsPerColor = ({ output, levels }: Pick<Plan, 'output' | 'levels'>): number =>
  output.kind === 'bernoulli' ? 1 : levels;

/** Channels of the output's map that belong to one colour. */
export function parametersPerColor({ output, levels }: Pick<Plan, 'output' | 'levels'>): number {
  if (output.kind === 'mcgsm') return output.components + output.features;
  return output.kind === 'bernoulli' ? 1 : levels;
}

/** Sums of a step: a unit's blocks for each channel of `out`. */
export const sumsOf = (step: SumStep, channels: number): number => blocksOf(step.unit) * channels;

/** One reading of a map by a step, at a distance from the position computed. */
export interface Reading {
  map: MapId;
  row: number;
  column: number;
  colors: 'all' | 'before' | 'upTo';
  /** What is read: a product's input, or what is added channel by channel. */
  as: 'term' | 'addition' | 'residual' | 'cell';
}

/** All that a step reads. Subsampling and upsampling read at scaled positions: (0, 0) stands for them. */
export function readingsOf(step: PlanStep): Reading[] {
  if (step.kind !== 'sum') return [{ map: step.from, row: 0, column: 0, colors: 'all', as: 'term' }];
  const own = { colors: 'upTo' } as const;
  return [
    ...step.terms.flatMap(({ map, taps }) => taps.map((tap): Reading => ({ map, ...tap, as: 'term' }))),
    ...step.additions.map((place): Reading => ({ ...place, ...own, as: 'addition' })),
    ...step.residuals.map((place): Reading => ({ ...place, ...own, as: 'residual' })),
    ...(step.cell ? [{ ...step.cell, ...own, as: 'cell' } as const] : []),
  ];
}

/** Maps that a step writes. */
export const writtenBy = (step: PlanStep): MapId[] =>
  step.kind === 'sum' && step.cell ? [step.out, step.cell.map] : [step.out];
