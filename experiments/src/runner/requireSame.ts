import { isDeepStrictEqual } from 'node:util';

/**
 * @param before what config.json of the run folder holds
 * @param now what is asked for
 * @param complete fills in settings that are missing; default none
 * @throws Error naming the settings in which the two differ
 */
export function requireSame(
  folder: string,
  before: Record<string, unknown>,
  now: object,
  complete: (settings: unknown) => unknown = (settings) => settings,
): void {
  const flat = ({ settings, ...rest }: Record<string, unknown>): Record<string, unknown> => ({
    ...rest,
    ...(complete(settings) as object),
  });
  const old = flat(before);
  const next = flat(JSON.parse(JSON.stringify(now)) as Record<string, unknown>);
  const differing = [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .filter((key) => !isDeepStrictEqual(old[key], next[key]))
    .map((key) => `${key}: ${JSON.stringify(old[key])} there, ${JSON.stringify(next[key])} asked for`);
  if (differing.length > 0) {
    throw new Error(
      `${folder} holds a run of other settings (${differing.join('; ')}). Use --fresh to replace it, or another --out.`,
    );
  }
}
