/** Counts of values in intervals of equal width, and their moments: TensorFlow's `HistogramProto`. */
export interface Histogram {
  min: number;
  max: number;
  /** How many values. */
  num: number;
  sum: number;
  sumSquares: number;
  /** Right ends of the intervals. */
  limits: number[];
  counts: number[];
}

/** The histogram of values that are all finite; those that are not are left out. */
export function histogram(values: ArrayLike<number>, intervals = 30): Histogram {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let num = 0;
  let sum = 0;
  let sumSquares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    num++;
    sum += value;
    sumSquares += value * value;
  }
  if (num === 0) return { min: 0, max: 0, num, sum, sumSquares, limits: [], counts: [] };
  const width = (max - min) / intervals;
  if (width === 0) return { min, max, num, sum, sumSquares, limits: [max], counts: [num] };
  const counts = new Array<number>(intervals).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const index = Math.min(intervals - 1, Math.floor((value - min) / width));
    counts[index] = (counts[index] as number) + 1;
  }
  const limits = counts.map((_, i) => (i === intervals - 1 ? max : min + (i + 1) * width));
  return { min, max, num, sum, sumSquares, limits, counts };
}
