import { inspect } from 'node:util';
import type { MimeBundle } from '@pixelrnn/cell';

/** What Node prints of a value, cut where it gets long. */
export function inspected(value: unknown): MimeBundle {
  const options = { depth: 3, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100 };
  return { 'text/plain': inspect(value, options) };
}
