import { type Displayer, type DisplayFunction, type DisplayOptions, displaySymbol } from '@pixelrnn/cell';
import { bundleOf, registered } from './displayers/registry.js';

export {
  cellSignal,
  cellSignalSymbol,
  type Displayer,
  type DisplayFunction,
  type DisplayOptions,
  displayersSymbol,
  displaySymbol,
  type MimeBundle,
  ownDisplaySymbol,
} from '@pixelrnn/cell';

/** Thrown by what needs a running kernel where there is none. */
export class KernelError extends Error {
  override name = 'KernelError';
}

/**
 * Shows a value in the output of the cell as if it were the cell's last expression.
 * @throws KernelError outside this kernel
 */
export async function display(value: unknown, options?: DisplayOptions): Promise<void> {
  const show = (globalThis as { [displaySymbol]?: DisplayFunction })[displaySymbol];
  if (!show) {
    throw new KernelError(
      'display shows values in a cell of a notebook that this kernel runs, and this process runs none; print the value instead.',
    );
  }
  show(await bundleOf(value, (sentence) => console.error(sentence)), options);
}

/** Adds a displayer, which is asked before all others; one of the same name is replaced, so that a cell can run again. */
export function registerDisplayer(displayer: Displayer): void {
  const all = registered();
  const same = all.findIndex(({ name }) => name === displayer.name);
  if (same >= 0) all.splice(same, 1);
  all.push(displayer);
}
