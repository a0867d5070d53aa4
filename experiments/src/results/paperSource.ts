/** Where a number of the paper stands, and its number on training images where that is told in brackets behind. */
export function parsePaperSource(text: string): { source: string; train: string | null } {
  const [, source = text, train = null] = /^(.*) \(train ([\d.]+)\)$/.exec(text) ?? [];
  return { source, train };
}
