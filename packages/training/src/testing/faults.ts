import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type AnyFunction = (this: unknown, ...values: unknown[]) => Promise<unknown>;
type Methods = Record<string, AnyFunction>;

// The prototype of file handles, which Node does not export.
const probe = await fs.promises.open(new URL(import.meta.url), 'r');
const handles = Object.getPrototypeOf(probe) as Methods;
await probe.close();

/**
 * Calls `fault` at the operation of this number, from 1, that opens, writes, flushes, renames or removes a file; where it
 * writes, half of the data is in the file by then. Whatever the fault throws, the operation throws.
 *
 * @returns a function that ends it
 */
export function faultAt(number: number, fault: () => void): () => void {
  let count = 0;
  const undo = [
    ...['open', 'rename', 'rm', 'link'].map((name) =>
      replace(
        fs.promises as unknown as Methods,
        name,
        (original) =>
          async function (this: unknown, ...values) {
            if (++count === number) fault();
            return original.apply(this, values);
          },
      ),
    ),
    ...['writeFile', 'appendFile'].map((name) =>
      replace(
        handles,
        name,
        (original) =>
          async function (this: unknown, ...values) {
            if (++count === number) {
              const data = Buffer.from(values[0] as Uint8Array);
              await original.call(this, data.subarray(0, data.length >> 1));
              fault();
            }
            return original.apply(this, values);
          },
      ),
    ),
    replace(
      handles,
      'sync',
      (original) =>
        async function (this: unknown) {
          if (++count === number) fault();
          return original.call(this);
        },
    ),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const restore of undo) restore();
    syncBuiltinESMExports();
  };
}

function replace(object: Methods, name: string, make: (original: AnyFunction) => AnyFunction): () => void {
  const original = object[name] as AnyFunction;
  object[name] = make(original);
  return () => {
    object[name] = original;
  };
}
