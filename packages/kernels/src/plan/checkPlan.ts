import type { MapId, Plan, PlanStep, SumStep } from './plan.js';
import {
  colorOf,
  mapAt,
  parametersPerColor,
  type Reading,
  readingsOf,
  sizeOf,
  sumsOf,
  writtenBy,
} from './planMaps.js';

function fail(what: string): never {
  throw new Error(`plan: ${what}`);
}

/** For messages. */
const stepName = ({ layer }: PlanStep, index: number): string =>
  layer === undefined ? `step ${index}` : `step ${index}, of layer '${layer}',`;

/**
 * Whether a plan can be executed: indices, channels and strides that fit together, every map written by one step, and
 * nothing read before it is known, so that no logit depends on its own or a later value. Weights are not read.
 *
 * @throws Error naming step, layer and map
 */
export function checkPlan(plan: Plan): void {
  checkSizes(plan);
  const writers = writersOf(plan);
  plan.steps.forEach((step, index) => {
    if (step.kind === 'sum') checkSum(plan, step, index);
    else checkScaling(plan, step, index);
    for (const reading of readingsOf(step)) {
      const why = unknown(plan, writers, step, index, reading);
      if (why)
        fail(
          `${stepName(step, index)} reads map ${reading.map} at (${reading.row}, ${reading.column}), ${why}`,
        );
    }
  });
  if (!writers.has(plan.output.map)) fail(`the output's map ${plan.output.map} is written by no step`);
}

function checkSizes(plan: Plan): void {
  const { height, width, colors, levels, maps, pixels, output, knownStride } = plan;
  for (const [name, value] of Object.entries({ height, width, colors })) {
    if (!Number.isInteger(value) || value < 1) fail(`${name} must be a positive integer, got ${value}`);
  }
  if (!Number.isInteger(levels) || levels < 2 || levels > 256) fail(`levels must be 2 to 256, got ${levels}`);
  if (knownStride !== null && (!Number.isInteger(knownStride) || knownStride < 1)) {
    fail(`knownStride must be null or a positive integer, got ${knownStride}`);
  }
  maps.forEach(({ channels, groups, stride }, id) => {
    if (!Number.isInteger(channels) || channels < 1) fail(`map ${id} must have channels, got ${channels}`);
    if (!Number.isInteger(stride) || stride < 0) fail(`map ${id} has the stride ${stride}`);
    if (groups === 'contiguous' && channels % colors !== 0)
      fail(`map ${id} has ${channels} channels, which do not divide into ${colors} equal groups`);
  });
  const image = mapAt(plan, pixels);
  if (image.channels !== colors || image.groups !== 'cyclic' || image.stride !== 1)
    fail(`the map of pixels must have one channel a colour, cyclic groups and stride 1`);
  const last = mapAt(plan, output.map);
  const wanted = colors * parametersPerColor(plan);
  if (last.channels !== wanted || last.groups !== 'contiguous' || last.stride !== 1)
    fail(`the output's map must have ${wanted} channels in contiguous groups and stride 1`);
  if (output.kind === 'bernoulli' && levels !== 2) fail(`a Bernoulli output has 2 levels, not ${levels}`);
}

interface Writer {
  when: PlanStep['when'] | 'given' | 'pixels';
  index: number;
}

function writersOf(plan: Plan): Map<MapId, Writer> {
  const writers = new Map<MapId, Writer>([[plan.pixels, { when: 'pixels', index: -1 }]]);
  const add = (id: MapId, writer: Writer) => {
    mapAt(plan, id);
    if (writers.has(id)) fail(`map ${id} is written twice`);
    writers.set(id, writer);
  };
  for (const id of plan.conditions) add(id, { when: 'given', index: -1 });
  plan.steps.forEach((step, index) => {
    for (const id of writtenBy(step)) add(id, { when: step.when, index });
  });
  return writers;
}

function checkSum(plan: Plan, step: SumStep, index: number): void {
  const out = mapAt(plan, step.out);
  const sums = sumsOf(step, out.channels);
  const inRow = step.when !== 'before';
  if (inRow && out.stride !== 1)
    fail(`${stepName(step, index)} writes map ${step.out} of stride ${out.stride}`);
  if (step.when === 'pixel' && out.groups === 'all')
    fail(
      `${stepName(step, index)} computes colour by colour, but the channels of map ${step.out} belong to none`,
    );
  if ((step.unit === 'lstm') !== (step.cell !== undefined))
    fail(`${stepName(step, index)} with the unit ${step.unit} ${step.cell ? 'has' : 'has no'} cell`);
  for (const { map, row, column, colors, as } of readingsOf(step)) {
    const read = mapAt(plan, map);
    if (!Number.isInteger(row) || !Number.isInteger(column))
      fail(`${stepName(step, index)} reads at (${row}, ${column})`);
    if (read.stride !== out.stride && read.stride !== 0)
      fail(`${stepName(step, index)} reads map ${map} of stride ${read.stride} into one of ${out.stride}`);
    if (as === 'term' && colors !== 'all' && out.groups === 'all')
      fail(
        `${stepName(step, index)} has taps of some colours, but the channels of map ${step.out} belong to none`,
      );
    const channels = as === 'term' ? read.channels : as === 'addition' ? sums : out.channels;
    if (read.channels !== channels)
      fail(
        `${stepName(step, index)} reads map ${map} as ${as}: expected ${channels} channels, got ${read.channels}`,
      );
    if (as === 'cell' && (read.groups !== out.groups || read.stride !== out.stride))
      fail(
        `${stepName(step, index)} has a cell, map ${map}, of other groups or another stride than its output`,
      );
  }
}

function checkScaling(plan: Plan, step: Exclude<PlanStep, SumStep>, index: number): void {
  const [from, out] = [mapAt(plan, step.from), mapAt(plan, step.out)];
  const { stride } = step;
  if (step.when !== 'before')
    fail(`${stepName(step, index)}, ${step.kind}, must be done before the first pixel`);
  if (!Number.isInteger(stride) || stride < 1) fail(`${stepName(step, index)} has the stride ${stride}`);
  const small = step.kind === 'subsample' ? out : from;
  const large = step.kind === 'subsample' ? from : out;
  const [few, many] = [sizeOf(plan, small), sizeOf(plan, large)];
  if (few.height * stride !== many.height || few.width * stride !== many.width || small.stride === 0)
    fail(
      `${stepName(step, index)}, ${step.kind} by ${stride}, joins maps of strides ${from.stride} and ${out.stride}`,
    );
  if (step.kind === 'subsample' && from.channels !== out.channels)
    fail(`${stepName(step, index)} subsamples ${from.channels} channels into ${out.channels}`);
  if (
    step.kind === 'upsample' &&
    (!Number.isInteger(step.kernel) || step.kernel < 1 || step.kernel % 2 === 0)
  )
    fail(`${stepName(step, index)} has a kernel of ${step.kernel}, expected an odd one`);
}

const notDrawn =
  'which is not drawn yet: the model is not causal; give the first layer that reads the pixels mask A';

/** Why a reading comes too early; null where it does not. */
function unknown(
  plan: Plan,
  writers: Map<MapId, Writer>,
  step: PlanStep,
  index: number,
  { map, row, column, colors, as }: Reading,
): string | null {
  const writer = writers.get(map);
  if (!writer) return 'which no step writes';
  const early = writer.when === 'given' || writer.when === 'before';
  const earlier = writer.index < index;
  if (step.when === 'before') {
    const known = step.kind === 'subsample' && map === plan.pixels && step.stride === plan.knownStride;
    return known || (early && earlier) ? null : 'before that is known';
  }
  if (early) return null;
  const [here, above, left] = [row === 0 && column === 0, row < 0, row === 0 && column < 0];
  const perPixel = writer.when === 'pixel' || writer.when === 'pixels';
  if (step.when !== 'pixel') {
    if (above || (row === 0 && (perPixel || earlier))) return null;
    const behind = step.when === 'row' ? column < 0 : column > 0;
    return row === 0 && writer.index === index && behind ? null : 'before that row is complete';
  }
  if (above || (left && perPixel)) return null;
  if (!here || !perPixel) return 'before that pixel is complete';
  if (writer.when === 'pixels') return as === 'term' && colors === 'before' ? null : notDrawn;
  if (!earlier) return 'before the step that writes it';
  if (as === 'term') return colors === 'all' && plan.colors > 1 ? 'of which later colours are missing' : null;
  return laterColor(plan, step.out, map) ? 'of which later colours are missing' : null;
}

/** Whether a channel that is added belongs to a later colour than the one it is added to. */
function laterColor(plan: Plan, outId: MapId, readId: MapId): boolean {
  const [out, read] = [mapAt(plan, outId), mapAt(plan, readId)];
  return Array.from({ length: read.channels }).some(
    (_, channel) => colorOf(read, plan.colors, channel) > colorOf(out, plan.colors, channel % out.channels),
  );
}
