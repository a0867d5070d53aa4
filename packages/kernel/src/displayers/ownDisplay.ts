import { type Displayer, type MimeBundle, ownDisplaySymbol } from '@pixelrnn/cell';

/** Values that say themselves how they look, as Deno's kernel asks them: `[Symbol.for('Jupyter.display')]()`. */
export const ownDisplay: Displayer = {
  name: 'Jupyter.display',
  async display(value) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
    const method = (value as { [ownDisplaySymbol]?: unknown })[ownDisplaySymbol];
    if (typeof method !== 'function') return undefined;
    const bundle: unknown = await method.call(value);
    if (typeof bundle !== 'object' || bundle === null || Object.keys(bundle).length === 0) {
      throw new TypeError('it must return an object with a content for each MIME type');
    }
    return bundle as MimeBundle;
  },
};
