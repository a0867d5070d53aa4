import { z } from 'zod';

const number = z.number().nullable();

/** One row of a result table. `null` stands for what was not measured. */
const rowSchema = z.strictObject({
  name: z.string(),
  label: z.string(),
  /** The paper's number, in the table's metric, and where it stands. Never ours. */
  paper: number,
  paperSource: z.string().nullable(),
  /** The paper's number was recalled, not read again: `(?)` stands wherever it is shown. */
  paperRecalled: z.boolean().default(false),
  /** Ours: means over seeds, in the table's metric. */
  test: number,
  valid: number,
  train: number,
  /** Standard deviation over seeds, of the split that the paper reports; null for a single seed. */
  sd: number,
  seeds: z.array(z.int()),
  parameters: number,
  steps: number,
  /** Images seen in training. */
  images: number,
  seconds: number,
  engine: z.string().nullable(),
});

/** `table.json`: the rows of an experiment, the paper's numbers and ours beside each other. */
export const resultTableSchema = z.strictObject({
  experiment: z.string(),
  preset: z.string(),
  metric: z.enum(['nats', 'bits/dim']),
  /** The split that the paper's numbers belong to. */
  split: z.enum(['test', 'valid']).default('test'),
  rows: z.array(rowSchema),
});

export type ResultRow = z.infer<typeof rowSchema>;
export type ResultTable = z.infer<typeof resultTableSchema>;

const decimals = { nats: 2, 'bits/dim': 3 } as const;

type Split = ResultTable['split'];

const otherSplit = { test: 'valid', valid: 'test' } as const;

/** The split that the paper reports stands beside its number. */
const columnsOf = (split: Split) => [
  'model',
  'paper',
  `ours: ${split}`,
  'sd',
  otherSplit[split],
  'train',
  'runs',
  'parameters',
  'steps',
  'images',
  'seconds',
  'engine',
];

/** The paper's number with its two decimals: empty where there is none, with `(?)` where it was recalled. */
export function paperNumber({ paper, paperRecalled }: Pick<ResultRow, 'paper' | 'paperRecalled'>): string {
  return paper === null ? '' : `${paper.toFixed(2)}${paperRecalled ? ' (?)' : ''}`;
}

/** How many runs there are, and of which seeds: a list alone, such as 0, would read as a count. */
function runsOf({ seeds }: ResultRow): string {
  if (seeds.length === 0) return '';
  return `${seeds.length} (${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')})`;
}

function cells(row: ResultRow, { metric, split }: ResultTable): string[] {
  const measure = (value: number | null) => (value === null ? '' : value.toFixed(decimals[metric]));
  const count = (value: number | null) => (value === null ? '' : String(Math.round(value)));
  return [
    row.label,
    paperNumber(row),
    measure(row[split]),
    measure(row.sd),
    measure(row[otherSplit[split]]),
    measure(row.train),
    runsOf(row),
    count(row.parameters),
    count(row.steps),
    count(row.images),
    count(row.seconds),
    row.engine ?? '',
  ];
}

/**
 * The table in Markdown, metric and preset above it. Rows that were not run have empty cells.
 *
 * @param words.quantity what the numbers are, where they are not of whole images
 * @param words.note what else is to be known of the columns
 */
export function tableToMarkdown(
  table: ResultTable,
  words: { quantity?: string | undefined; note?: string | undefined } = {},
): string {
  const { quantity = 'Negative log-likelihood', note } = words;
  const unit = table.metric === 'nats' ? 'nats per image' : 'bits per dimension';
  const columns = columnsOf(table.split);
  const recalled = table.rows.some((row) => row.paperRecalled)
    ? ' (?) marks a number of the paper that was recalled, not read again.'
    : '';
  const lines = [
    `# ${table.experiment}, preset ${table.preset}`,
    '',
    `${quantity} in ${unit}; lower is better. An empty cell was not measured; sd is the standard deviation over seeds.${recalled}${note === undefined ? '' : ` ${note}`}`,
    '',
    `| ${columns.join(' | ')} |`,
    `|${columns.map((_, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...table.rows.map((row) => `| ${cells(row, table).join(' | ')} |`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The table as CSV (RFC 4180), full precision, one header line with table.json's names. */
export function tableToCsv(table: ResultTable): string {
  const names = Object.keys(rowSchema.shape) as (keyof ResultRow)[];
  const field = (value: ResultRow[keyof ResultRow]) => {
    const text = value === null ? '' : Array.isArray(value) ? value.join(' ') : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names.join(','), ...table.rows.map((row) => names.map((name) => field(row[name])).join(','))]
    .map((line) => `${line}\r\n`)
    .join('');
}
