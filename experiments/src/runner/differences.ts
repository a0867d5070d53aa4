import { isDeepStrictEqual } from 'node:util';

/** Keys in which two objects differ, with both values, and words that say whose each is. */
export function differences(
  before: Record<string, unknown>,
  now: Record<string, unknown>,
  [there, here]: readonly [string, string] = ['there', 'asked for'],
): Map<string, string> {
  const plain = JSON.parse(JSON.stringify(now)) as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(plain)])];
  return new Map(
    keys
      .filter((key) => !isDeepStrictEqual(before[key], plain[key]))
      .map((key) => [
        key,
        `${key}: ${JSON.stringify(before[key])} ${there}, ${JSON.stringify(plain[key])} ${here}`,
      ]),
  );
}

/** What to say where a folder's run differs. */
export function otherSettings(folder: string, found: Iterable<string>): Error {
  return new Error(
    `${folder} holds a run of other settings (${[...found].join('; ')}). Use --fresh to replace it, or another --out.`,
  );
}
