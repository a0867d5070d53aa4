import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@pixelrnn/files';
import { z } from 'zod';
import { CommandError } from '../generation/command.js';

const text = z.union([z.string(), z.array(z.string())]);
const outputSchema = z.looseObject({
  output_type: z.string(),
  name: z.string().optional(),
  text: text.optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  ename: z.string().optional(),
  evalue: z.string().optional(),
});
const cellSchema = z.looseObject({
  cell_type: z.string(),
  source: text,
  outputs: z.array(outputSchema).optional(),
  execution_count: z.int().nullable().optional(),
});
const notebookSchema = z.looseObject({
  cells: z.array(cellSchema),
  metadata: z.looseObject({}),
  nbformat: z.literal(4),
});

export type Output = z.infer<typeof outputSchema>;
export type Cell = z.infer<typeof cellSchema>;
export type Notebook = z.infer<typeof notebookSchema>;

/** A text that a notebook may keep as a list of lines. */
export const joined = (value: string | string[] = ''): string =>
  Array.isArray(value) ? value.join('') : value;

/** A text as notebooks keep it: a list of lines, each but the last with its end. */
export const lines = (value: string): string[] => value.split(/(?<=\n)/).filter((line) => line !== '');

/** @throws CommandError for a file that is no notebook */
export async function readNotebook(path: string): Promise<Notebook> {
  const content = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    json = null; // the schema says what was expected
  }
  const parsed = notebookSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CommandError(`${path} should be a notebook of format 4, but it is not: put the file back.`);
}

export const writeNotebook = (path: string, notebook: Notebook): Promise<void> =>
  writeFileAtomic(path, `${JSON.stringify(notebook, null, 1)}\n`);

/**
 * A notebook without what two executions may have differently though they do the same: progress lines, which carry times, the
 * places where a stream was parted, and times of cells.
 */
export function reproducible(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) => {
    const { execution: _, ...metadata } = (cell.metadata ?? {}) as Record<string, unknown>;
    return { ...cell, metadata, ...(cell.outputs && { outputs: mergedStreams(cell.outputs.filter(keeps)) }) };
  });
  return { ...notebook, cells };
}

/** Displays that libraries mark as progress are worth nothing once the cell has ended. */
const keeps = ({ metadata }: Output) => metadata?.progress !== true;

function mergedStreams(outputs: readonly Output[]): Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      last.text = lines(joined(last.text) + joined(output.text));
    } else merged.push({ ...output });
  }
  return merged;
}

/** What went wrong in an executed notebook, a sentence each: errors, and text on stderr, where what was thrown later is told. */
export function complaints({ cells }: Notebook): string[] {
  return cells.flatMap(({ outputs = [] }, index) =>
    outputs.flatMap((output) => {
      const place = `cell ${index + 1}`;
      if (output.output_type === 'error') return [`${place}: ${output.ename}: ${output.evalue}`];
      return output.name === 'stderr' ? [`${place} wrote on stderr: ${joined(output.text).trim()}`] : [];
    }),
  );
}
