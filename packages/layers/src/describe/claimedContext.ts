import {
  blocksOf,
  colorOf,
  type MapId,
  type Plan,
  type PlanMap,
  type PlanStep,
  type PlanTap,
  type Reading,
  readingsOf,
  type SumStep,
  sizeOf,
  writtenBy,
} from '@pixelrnn/kernels/plan';

/** One colour of one pixel, counted from 0. */
export interface ContextOutput {
  row: number;
  column: number;
  color: number;
}

/** A map's channels of one colour at one position; colour 0 stands for all channels where they belong to none. */
interface Node extends ContextOutput {
  map: MapId;
}

/**
 * The inputs that one logit depends on, by the plan: walked backwards from the output, map by map, position by position,
 * colour by colour, through recurrent maps too.
 *
 * Where the pixel is known beforehand (multi-scale models), that is its own colour alone.
 *
 * @returns 1 or 0 for every input, [H, W, C]
 * @throws Error if the output lies outside the images
 */
export function claimedContext(plan: Plan, { row, column, color }: ContextOutput): Uint8Array {
  const { height, width, colors, knownStride, output, pixels } = plan;
  const inside = (index: number, size: number) => Number.isInteger(index) && index >= 0 && index < size;
  if (!(inside(row, height) && inside(column, width) && inside(color, colors))) {
    throw new Error(
      `claimedContext: row ${row}, column ${column}, colour ${color} lies outside images of ${height} x ${width} x ${colors}`,
    );
  }
  const context = new Uint8Array(height * width * colors);
  const input = (at: ContextOutput) => (at.row * width + at.column) * colors + at.color;
  if (knownStride && row % knownStride === 0 && column % knownStride === 0) {
    context[input({ row, column, color })] = 1;
    return context;
  }
  const writers = writersOf(plan);
  const seen = plan.maps.map((map) => {
    const { height: rows, width: columns } = sizeOf(plan, map);
    return new Uint8Array(rows * columns * colors);
  });
  const open: Node[] = [];
  const visit = (node: Node) => {
    const visited = seen[node.map] as Uint8Array;
    const { width: columns } = sizeOf(plan, plan.maps[node.map] as PlanMap);
    const index = (node.row * columns + node.column) * colors + node.color;
    if (visited[index]) return;
    visited[index] = 1;
    open.push(node);
  };
  visit({ map: output.map, row, column, color });
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.map === pixels) context[input(node)] = 1;
    const step = writers.get(node.map);
    if (step) forEachRead(plan, step, node, visit);
  }
  return context;
}

function writersOf({ steps }: Plan): Map<MapId, PlanStep> {
  return new Map(steps.flatMap((step) => writtenBy(step).map((map): [MapId, PlanStep] => [map, step])));
}

/** The nodes that a step makes one of its nodes from. */
function forEachRead(plan: Plan, step: PlanStep, node: Node, visit: (read: Node) => void): void {
  const at = (map: MapId, row: number, column: number, colors: Iterable<number>) => {
    const read = plan.maps[map] as PlanMap;
    const { height: rows, width: columns } = sizeOf(plan, read);
    const [r, c] = read.stride === 0 ? [0, 0] : [row, column];
    if (r < 0 || c < 0 || r >= rows || c >= columns) return;
    for (const color of colors) visit({ map, row: r, column: c, color });
  };
  const all = (map: MapId) => colorsOf(plan, plan.maps[map] as PlanMap);
  if (step.kind === 'subsample') {
    at(step.from, node.row * step.stride, node.column * step.stride, all(step.from));
  } else if (step.kind === 'upsample') {
    const half = (step.kernel - 1) / 2;
    for (let row = node.row - half; row <= node.row + half; row++) {
      for (let column = node.column - half; column <= node.column + half; column++) {
        const carries = row % step.stride === 0 && column % step.stride === 0;
        if (carries) at(step.from, row / step.stride, column / step.stride, all(step.from));
      }
    }
  } else {
    for (const { map, row, column, colors, as } of readingsOf(step)) {
      if (as === 'residual' && node.map !== step.out) continue; // not part of an LSTM's cell
      const read = as === 'term' ? inTerm({ row, column, colors }, node.color, all(map)) : added(map, as);
      at(map, node.row + row, node.column + column, read);
    }
  }

  function added(map: MapId, as: Reading['as']): Set<number> {
    const blocks = as === 'addition' ? blocksOf((step as SumStep).unit) : 1;
    return colorsBehind(plan, step, node.color, map, blocks);
  }
}

/** Colours that a tap reads. */
function inTerm({ row, column, colors }: PlanTap, color: number, all: number[]): number[] {
  if (colors === 'all' || row !== 0 || column !== 0) return all;
  return all.filter((read) => (colors === 'before' ? read < color : read <= color));
}

/** Colours that a map has channels of. */
function colorsOf({ colors }: Plan, map: PlanMap): number[] {
  const count = map.groups === 'all' ? 1 : Math.min(colors, map.channels);
  return Array.from({ length: count }, (_, color) => color);
}

/** Colours of a map's channels that are added, channel by channel, to the sums of one colour. */
function colorsBehind(plan: Plan, step: PlanStep, color: number, id: MapId, blocks: number): Set<number> {
  const [out, read] = [plan.maps[step.out] as PlanMap, plan.maps[id] as PlanMap];
  if (blocks === 1 && out.groups === read.groups) return new Set([color]);
  const found = new Set<number>();
  for (let channel = 0; channel < blocks * out.channels; channel++) {
    const own = colorOf(out, plan.colors, channel % out.channels);
    if (own === color || own < 0) found.add(Math.max(0, colorOf(read, plan.colors, channel)));
  }
  return found;
}
