import { EngineError } from './engineError.js';

/** The engines, best first: the order in which `auto` tries them. */
export const engineNames = ['gpu', 'node', 'wasm', 'cpu'] as const;

/** An engine: TensorFlow on a GPU, TensorFlow on the processor, WebAssembly, plain JavaScript. */
export type EngineName = (typeof engineNames)[number];

/**
 * Reads an engine's name.
 * @param value what the caller or the environment gave; `undefined` and the empty string mean `auto`
 * @param source where it came from, for the error
 * @throws EngineError for any other name
 */
export function parseEngineName(value: string | undefined, source: string): EngineName | 'auto' {
  if (value === undefined || value === '' || value === 'auto') return 'auto';
  const known = engineNames.find((name) => name === value);
  if (known) return known;
  throw new EngineError(
    `${source} is '${value}', which is no engine: expected one of auto, ${engineNames.join(', ')}.`,
    { usage: true },
  );
}
