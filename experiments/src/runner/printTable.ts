import { paperNumber, type ResultTable } from '@pixelrnn/metrics';

/** The rows that were measured, the paper's number beside ours, and which ones were not. */
export function formatTable({ metric, split, rows }: ResultTable): string {
  const digits = metric === 'nats' ? 2 : 3;
  const width = Math.max(...rows.map(({ label }) => label.length));
  const measured = rows.filter((row) => row[split] !== null);
  const lines = measured.map((row) => {
    const { label, sd, seeds } = row;
    const spread = sd === null ? '' : ` (sd ${sd.toFixed(digits)} over ${seeds.length} seeds)`;
    const ours = `${row[split]?.toFixed(digits)}${spread} ${metric}${split === 'valid' ? ' on validation' : ''}`;
    return `${label.padEnd(width)}  paper ${paperNumber(row) || '-'}  ours ${ours}`;
  });
  const others = rows.filter((row) => row[split] === null);
  if (others.length > 0)
    lines.push(`not run here: ${others.map((row) => `${row.label} ${paperNumber(row)}`.trim()).join('; ')}`);
  return lines.join('\n');
}
