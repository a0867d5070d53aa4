import { type Displayer, displayersSymbol, type MimeBundle } from '@pixelrnn/cell';
import { frame } from './frame.js';
import { image } from './image.js';
import { inspected } from './inspected.js';
import { ownDisplay } from './ownDisplay.js';
import { summary } from './summary.js';
import { tensor } from './tensor.js';

const builtIn: Displayer[] = [ownDisplay, image, tensor, frame, summary];

/** Those registered through `globalThis[Symbol.for('jupyter.displayers')]`, which anybody may push to. */
export function registered(): Displayer[] {
  const holder = globalThis as { [displayersSymbol]?: Displayer[] };
  holder[displayersSymbol] ??= [];
  return holder[displayersSymbol];
}

/**
 * The bundle of a value: of the displayer registered last that knows it, else of the built-in ones, else its inspection.
 * @param complain hears of a displayer that failed; the next one is asked
 */
export async function bundleOf(value: unknown, complain: (sentence: string) => void): Promise<MimeBundle> {
  for (const displayer of [...registered().toReversed(), ...builtIn]) {
    try {
      const bundle = await displayer.display(value);
      if (bundle) return sendable(bundle);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      complain(`The displayer '${displayer.name}' failed: ${why}`);
    }
  }
  return inspected(value);
}

/** With bytes as base64, and text where there is none, since every client shows text. */
export function sendable(bundle: MimeBundle): MimeBundle {
  const data = Object.fromEntries(
    Object.entries(bundle).map(([type, content]) => [
      type,
      content instanceof Uint8Array
        ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64')
        : content,
    ]),
  );
  return 'text/plain' in data ? data : { ...data, 'text/plain': `[${Object.keys(data).join(', ')}]` };
}
