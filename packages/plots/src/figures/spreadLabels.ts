/**
 * Moves labels apart: the places nearest to those wanted (least squares) that keep their order and are at least `gap`
 * apart, all between `low` and `high` where there is room.
 * @param wanted - wanted places, px, in any order; the answer keeps this order.
 */
export function spreadLabels(wanted: number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const blocks: { sum: number; count: number }[] = [];
  const center = (block: { sum: number; count: number }) => {
    const last = Math.max(low, high - (block.count - 1) * gap);
    return Math.min(Math.max(block.sum / block.count, low), last); // place of the block's first label
  };
  for (const index of order) {
    let block = { sum: wanted[index]!, count: 1 };
    for (let above = blocks.at(-1); above; above = blocks.at(-1)) {
      if (center(above) + above.count * gap <= center(block)) break;
      blocks.pop();
      block = {
        sum: above.sum + block.sum - block.count * above.count * gap,
        count: above.count + block.count,
      };
    }
    blocks.push(block);
  }
  const places = blocks.flatMap((block) =>
    Array.from({ length: block.count }, (_, rank) => center(block) + rank * gap),
  );
  const spread = new Array<number>(wanted.length);
  order.forEach((index, rank) => {
    spread[index] = places[rank]!;
  });
  return spread;
}
