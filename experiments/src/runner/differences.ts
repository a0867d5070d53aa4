import { isDeepStrictEqual } from 'node:util';

/** Keys in which two objects differ, with both values. */
export function differences(
  before: Record<string, unknown>,
  now: Record<string, unknown>,
): Map<string, string> {
  const plain = JSON.parse(JSON.stringify(now)) as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(plain)])];
  return new Map(
    keys
      .filter((key) => !isDeepStrictEqual(before[key], plain[key]))
      .map((key) => [
        key,
        `${key}: ${JSON.stringify(before[key])} there, ${JSON.stringify(plain[key])} asked for`,
      ]),
  );
}

/** What to say where a folder's run differs. */
export function otherSettings(folder: string, found: Iterable<string>): Error {
  return new Error(
    `${folder} holds a run of other settings (${[...found].join('; ')}). Use --fresh to replace it, or another --out.`,
  );
}
