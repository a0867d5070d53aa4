import { checkPlan } from './checkPlan.js';
import { neededLater } from './neededLater.js';
import { checkMasked, type Pass, packSum, packUpsample, read } from './packStep.js';
import type { MapId, Place, Plan, PlanStep, WeightsOf } from './plan.js';
import { blocksOf } from './plan.js';
import { logitsPerColor, mapAt, readingsOf, sizeOf, valuesOf } from './planMaps.js';

/** A plan as the C++ executor takes it: `cpp/plan/program.h` has the layout of both arrays. */
export interface CompiledPlan {
  program: Int32Array;
  constants: Float32Array;
}

const version = 1;
const units = { linear: 0, relu: 1, gated: 2, lstm: 3 } as const;
const outputs = { bernoulli: 0, softmax: 1, mcgsm: 2 } as const;

/**
 * Packs a plan: for each step and colour the weights of live inputs alone, in the order of the products; where maps lie and
 * how many of their rows are kept.
 *
 * @throws Error where the plan cannot be executed, weights are missing, or one is not zero where its mask forbids it
 */
export function compilePlan(plan: Plan): CompiledPlan {
  checkPlan(plan);
  return new Compiler(plan).compile();
}

/** What a step needs to be done at every position of a map, see `Step` of program.h. */
interface Walked {
  step: PlanStep;
  passes: Pass[];
  multiply: number;
  divide: number;
  later: boolean;
}

class Compiler {
  private readonly ints: number[] = [];
  private readonly floats: Float32Array[] = [];
  private floatCount = 0;
  private mostSums = 0;
  private mostSegments = 0;

  constructor(private readonly plan: Plan) {}

  compile(): CompiledPlan {
    const { plan } = this;
    const { height, width, colors, levels, pixels, conditions, knownStride } = plan;
    const header = 32;
    this.ints.length = header;
    const later = neededLater(plan);
    const walked = plan.steps.map((step, i) => this.pack(step, i, later[i] as boolean));
    const { values, offset: maps } = this.layMaps(walked);
    const lists = [['before'], ['pixel'], ['row', 'rowReversed']].map((kinds) => {
      const steps = walked.filter(({ step }) => kinds.includes(step.when));
      return [steps.length, this.records(steps.map((step) => this.step(step)))];
    });
    const conditionList = this.append(conditions);
    const perImage = conditions.reduce((sum, id) => sum + valuesOf(plan, mapAt(plan, id)), 0);
    const scaled = this.constant(
      Float32Array.from({ length: levels }, (_, level) => level * (2 / (levels - 1)) - 1),
    );
    const fields = [
      [version, height, width, colors, levels],
      [plan.maps.length, maps],
      ...lists,
      [pixels, conditions.length, conditionList, perImage, values, this.mostSums, this.mostSegments],
      [outputs[plan.output.kind], plan.output.map, logitsPerColor(plan), scaled, knownStride ?? 0],
      this.mixture(),
    ].flat();
    this.ints.splice(0, header, ...fields, ...new Array(header - fields.length).fill(0));
    const constants = new Float32Array(this.floatCount);
    let at = 0;
    for (const part of this.floats) {
      constants.set(part, at);
      at += part.length;
    }
    return { program: Int32Array.from(this.ints), constants };
  }

  private pack(step: PlanStep, index: number, later: boolean): Walked {
    if (step.kind === 'subsample') {
      const { channels } = mapAt(this.plan, step.out);
      const copied = { first: 0, step: 1, count: channels, segments: [] };
      const passes = [{ ...copied, bias: new Float32Array(channels), weights: new Float32Array(0) }];
      return { step, passes, multiply: step.stride, divide: 1, later };
    }
    if (step.kind === 'upsample') {
      return { step, passes: packUpsample(this.plan, step, index), multiply: 1, divide: step.stride, later };
    }
    checkMasked(this.plan, step, index);
    return { step, passes: packSum(this.plan, step, index), multiply: 1, divide: 1, later };
  }

  /** Records of all maps; rows are kept as far as any step reads back, all of them where a map is complete beforehand. */
  private layMaps(walked: readonly Walked[]): { values: number; offset: number } {
    const { plan } = this;
    const reach = plan.maps.map(() => ({ up: 0, left: 0, right: 0 }));
    const see = (id: MapId, row: number, first: number, last = first) => {
      const seen = reach[id] as (typeof reach)[number];
      seen.up = Math.max(seen.up, -row);
      seen.left = Math.max(seen.left, -first);
      seen.right = Math.max(seen.right, last);
    };
    const whole = new Set<MapId>(plan.conditions);
    for (const { step, passes } of walked) {
      for (const { map, row, column } of readingsOf(step)) {
        see(map, row, column);
        if (step.when === 'before') whole.add(map);
      }
      if (step.when === 'before') whole.add(step.out);
      for (const { map, row, column, count } of passes.flatMap(({ segments }) => segments)) {
        see(map, row, column, column + Math.ceil(count / mapAt(plan, map).channels) - 1);
      }
    }
    let values = 0;
    const records = plan.maps.map((map, id) => {
      const { height, width } = sizeOf(plan, map);
      const { up, left, right } = reach[id] as (typeof reach)[number];
      const vector = map.stride === 0;
      const rows = vector ? 1 : whole.has(id) ? height : Math.min(height, up + 1);
      const [before, after] = vector ? [0, 0] : [left, right];
      const columns = before + width + after;
      const first = values;
      // Two more rows: what lies above the image, and below.
      values += (rows + 2) * columns * map.channels;
      return [
        ...[map.channels, height, width, rows, before, columns],
        ...[map.above, map.left, map.right].map((border) => this.border(border, map.channels)),
        ...[first, vector ? 1 : 0],
      ];
    });
    return { values, offset: this.records(records) };
  }

  private border(weights: WeightsOf | undefined, channels: number): number {
    return weights ? this.constant(read(weights, channels, "a border's channels")) : -1;
  }

  private step({ step, passes, multiply, divide, later }: Walked): number[] {
    const { plan } = this;
    const { height, width } = sizeOf(plan, mapAt(plan, step.out));
    const sum = step.kind === 'sum' ? step : undefined;
    const unit = step.kind === 'subsample' ? 'linear' : step.unit;
    const copied = step.kind === 'subsample' ? [{ map: step.from, row: 0, column: 0 }] : [];
    const residuals = sum?.residuals ?? copied;
    const cell = sum?.cell ?? { map: -1, row: 0, column: 0 };
    return [
      ...[step.out, units[unit], blocksOf(unit), height, width, step.when === 'rowReversed' ? 1 : 0],
      ...[multiply, divide, later ? 1 : 0, cell.map, cell.row, cell.column],
      ...[sum?.additions.length ?? 0, this.places(sum?.additions ?? [])],
      ...[residuals.length, this.places(residuals)],
      ...[passes.length, this.records(passes.map((pass) => this.pass(pass)))],
    ];
  }

  private places(places: readonly Place[]): number {
    return this.records(places.map(({ map, row, column }) => [map, row, column]));
  }

  private pass({ first, step, count, segments, bias, weights }: Pass): number[] {
    this.mostSums = Math.max(this.mostSums, bias.length);
    this.mostSegments = Math.max(this.mostSegments, segments.length);
    const rows = segments.reduce((total, segment) => total + segment.count, 0);
    const records = segments.map((s) => [s.map, s.row, s.column, s.first, s.step, s.count, s.relu ? 1 : 0]);
    const lists = [segments.length, this.records(records), rows];
    return [first, step, count, bias.length, ...lists, this.constant(bias), this.constant(weights)];
  }

  /** What an MCGSM computes with, besides the map: [components, scales, features] and where its constants begin. */
  private mixture(): number[] {
    const { output, colors } = this.plan;
    if (output.kind !== 'mcgsm') return [];
    const { components, scales, features } = output;
    const gaussians = colors * components * scales;
    const alpha = read(output.alpha, gaussians, 'alpha of the output');
    return [
      ...[components, scales, features],
      this.constant(read(output.eta, gaussians, 'eta of the output')),
      this.constant(alpha.map((value) => Math.exp(value) / 2)),
      this.constant(alpha.map((value) => Math.exp(value / 2) * Math.SQRT1_2)),
      this.constant(
        read(output.beta, colors * components * features, 'beta of the output').map((b) => b * b),
      ),
    ];
  }

  /** @returns where the values begin among the constants */
  private constant(values: Float32Array): number {
    const at = this.floatCount;
    this.floats.push(values);
    this.floatCount += values.length;
    return at;
  }

  /** @returns where the records begin in the program */
  private records(records: readonly number[][]): number {
    return this.append(records.flat());
  }

  private append(values: readonly number[]): number {
    const at = this.ints.length;
    for (const value of values) this.ints.push(value);
    return at;
  }
}
