import type { MapId, Plan, PlanStep } from './plan.js';
import { readingsOf, writtenBy } from './planMaps.js';

/**
 * Which `pixel` steps must be computed where a pixel is known already: those whose maps are read at later positions. The
 * others, an output head for one, serve the logits of their own pixel alone.
 *
 * @returns by index in {@link Plan.steps}; true for every step that is not `pixel`
 */
export function neededLater(plan: Plan): boolean[] {
  const needed = plan.steps.map(({ when }) => when !== 'pixel');
  const writer = new Map<MapId, number>();
  plan.steps.forEach((step, index) => {
    for (const map of writtenBy(step)) writer.set(map, index);
  });
  const mark = (reader: PlanStep, readerNeeded: boolean) => {
    let changed = false;
    for (const { map, row, column } of readingsOf(reader)) {
      const index = writer.get(map);
      if (index === undefined || needed[index]) continue;
      const later = reader.when !== 'pixel' || row !== 0 || column !== 0;
      if (later || readerNeeded) {
        needed[index] = true;
        changed = true;
      }
    }
    return changed;
  };
  // A step that reads its own pixel stands after what it reads: one pass from the last step would do but for other orders.
  for (let changed = true; changed; ) {
    changed = false;
    plan.steps.forEach((step, index) => {
      if (mark(step, needed[index] as boolean)) changed = true;
    });
  }
  return needed;
}
