import type { ResultTable } from '@pixelrnn/metrics';

/** The rows that were measured, the paper's number beside ours, and which ones were not. */
export function formatTable({ metric, rows }: ResultTable): string {
  const digits = metric === 'nats' ? 2 : 3;
  const width = Math.max(...rows.map(({ label }) => label.length));
  const measured = rows.filter(({ test }) => test !== null);
  const lines = measured.map(({ label, paper, test, sd, seeds }) => {
    const spread = sd === null ? '' : ` (sd ${sd.toFixed(digits)} over ${seeds.length} seeds)`;
    return `${label.padEnd(width)}  paper ${paper?.toFixed(digits) ?? '-'}  ours ${test?.toFixed(digits)}${spread} ${metric}`;
  });
  const others = rows.filter(({ test }) => test === null);
  if (others.length > 0)
    lines.push(
      `not run here: ${others.map(({ label, paper }) => `${label} ${paper ?? ''}`.trim()).join('; ')}`,
    );
  return lines.join('\n');
}
