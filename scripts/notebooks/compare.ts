import { isDeepStrictEqual } from 'node:util';
import { joined, type Notebook, type Output, reproducible } from './notebookFile.js';

/**
 * Where the outputs of a committed notebook differ from those of a fresh run of the same cells, a line each.
 *
 * Exact: every number that a notebook prints follows from seeds. Other digits mean another engine, another processor or
 * other code; other pictures alone mean that JupyterLab saved the notebook.
 */
export function differences(committed: Notebook, fresh: Notebook): string[] {
  const [before, now] = [reproducible(committed).cells, reproducible(fresh).cells];
  return now.flatMap((cell, index) => {
    const old = before[index]?.outputs ?? [];
    const outputs = cell.outputs ?? [];
    if (old.length !== outputs.length) {
      return [`cell ${index + 1}: ${old.length} outputs are committed, a fresh run has ${outputs.length}`];
    }
    return outputs.flatMap((output, i) =>
      outputDifference(old[i] as Output, output).map((line) => `cell ${index + 1}: ${line}`),
    );
  });
}

function outputDifference(old: Output, fresh: Output): string[] {
  if (old.output_type !== fresh.output_type) return [`${old.output_type} became ${fresh.output_type}`];
  const texts = textDifference(joined(old.text), joined(fresh.text));
  const types = [...new Set([...Object.keys(old.data ?? {}), ...Object.keys(fresh.data ?? {})])];
  const kinds = types.flatMap((type) => {
    const [a, b] = [plain(old.data?.[type]), plain(fresh.data?.[type])];
    if (isDeepStrictEqual(a, b)) return [];
    if (a === undefined || b === undefined) return [`${type} ${a === undefined ? 'came' : 'is gone'}`];
    return type === 'text/plain' ? textDifference(String(a), String(b)) : [`${type} differs`];
  });
  return [...texts, ...kinds];
}

/** Notebooks keep a text as one or as lines. */
function plain(value: unknown): unknown {
  const whole =
    Array.isArray(value) && value.every((line) => typeof line === 'string') ? value.join('') : value;
  return typeof whole === 'string' ? whole.trimEnd() : whole;
}

/** The first line that differs. */
function textDifference(old: string, fresh: string): string[] {
  const [before, now] = [old.trimEnd().split('\n'), fresh.trimEnd().split('\n')];
  const at = now.findIndex((line, i) => line !== before[i]);
  const place = at < 0 && before.length > now.length ? now.length : at;
  return place < 0 ? [] : [`'${before[place] ?? ''}' is committed, a fresh run has '${now[place] ?? ''}'`];
}
