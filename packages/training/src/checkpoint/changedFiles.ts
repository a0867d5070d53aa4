/**
 * The files that two runs have both read and that are not the same any more, each as a phrase. A file that only one of them
 * has read says nothing: some datasets are published in several forms, with the same pixels in all.
 *
 * @param before SHA-256 by file name, of the earlier run
 */
export function changedFiles(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(now)
    .filter(([name, sum]) => before[name] !== undefined && before[name] !== sum)
    .map(([name, sum]) => `images of ${name}: SHA-256 ${before[name]} there, ${sum} here`);
}
