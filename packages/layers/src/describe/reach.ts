import { type MapId, type Plan, type PlanStep, readingsOf, writtenBy } from '@pixelrnn/kernels/plan';

/** How far from its own position an output reads, in rows and columns of the image; infinite where a scan carries it on. */
export interface Reach {
  up: number;
  down: number;
  left: number;
  right: number;
}

type Direction = keyof Reach;

/** An output map, an input map that a step makes it from, and how many rows and columns beyond the position. */
interface Edge extends Reach {
  out: MapId;
  from: MapId;
}

/**
 * How far one map's values reach into another: the longest of all paths through the plan's steps, in each direction for
 * itself; null where no path leads. Distances are at most, not clipped by the image's borders.
 *
 * @throws Error if one of the maps is not the plan's
 */
export function reach(plan: Pick<Plan, 'steps' | 'maps'>, output: MapId, input: MapId): Reach | null {
  for (const [what, map] of Object.entries({ output, input })) {
    if (plan.maps[map]) continue;
    throw new Error(
      `reach: expected an ${what} map 0 .. ${plan.maps.length - 1} of the plan, got ${map}; a model's are plan.output.map and plan.pixels`,
    );
  }
  const edges = plan.steps.flatMap((step) => edgesOf(plan, step));
  const farthest = (direction: Direction) =>
    longestPath(edges, direction, plan.maps.length, output).get(input);
  const up = farthest('up');
  if (up === undefined) return null;
  const atLeastHere = (distance: number | undefined) => Math.max(0, distance ?? 0);
  return {
    up: atLeastHere(up),
    down: atLeastHere(farthest('down')),
    left: atLeastHere(farthest('left')),
    right: atLeastHere(farthest('right')),
  };
}

/** Bellman and Ford's longest path: a cycle that gains distance, as a scan has, makes it infinite. */
function longestPath(
  edges: readonly Edge[],
  direction: Direction,
  maps: number,
  output: MapId,
): Map<MapId, number> {
  const distances = new Map<MapId, number>([[output, 0]]);
  for (let round = 0; round < 2 * maps; round++) {
    let changed = false;
    for (const edge of edges) {
      const before = distances.get(edge.out);
      if (before === undefined) continue;
      const distance = round < maps ? before + edge[direction] : Number.POSITIVE_INFINITY;
      const known = distances.get(edge.from) ?? Number.NEGATIVE_INFINITY;
      if (before + edge[direction] > known) {
        distances.set(edge.from, distance);
        changed = true;
      }
    }
    if (!changed) break;
  }
  return distances;
}

function edgesOf({ maps }: Pick<Plan, 'maps'>, step: PlanStep): Edge[] {
  const stride = maps[step.out]?.stride ?? 1;
  const edge = (out: MapId, from: MapId, row: number, column: number): Edge => ({
    out,
    from,
    up: -row * stride,
    down: row * stride,
    left: -column * stride,
    right: column * stride,
  });
  if (step.kind === 'subsample') return [edge(step.out, step.from, 0, 0)];
  if (step.kind === 'upsample') {
    // Zeros stand between the pixels of `from`: the kernel reaches over its half-width of the output's positions.
    const half = (step.kernel - 1) / 2;
    return [edge(step.out, step.from, -half, -half), edge(step.out, step.from, half, half)];
  }
  return readingsOf(step).flatMap(({ map, row, column, as }) =>
    // The cell map is written by the same step, from the same sums.
    writtenBy(step).flatMap((out) =>
      as === 'residual' && out !== step.out ? [] : edge(out, map, row, column),
    ),
  );
}
