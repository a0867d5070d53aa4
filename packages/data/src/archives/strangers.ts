/** Files that users have in place of those that are read, by their names, and what they are. */
const known: readonly (readonly [RegExp, string])[] = [
  [
    /^((train|val)_data(_batch_\d+)?|Imagenet\d+_(train|val)(\.zip)?|data_batch_\d|test_batch|batches\.meta|cifar-10-batches-py|cifar-10-python\.tar\.gz)$/i,
    'holds batches pickled by Python, which are not read',
  ],
  [
    /(_npz|_npz_part\d|\.npz)$/i,
    'is an unpacked part of an npz archive, which is read as the zip file that it came in',
  ],
  [/^cifar-10-(batches-mat|matlab\.tar\.gz)$/i, 'is for MATLAB, whose files are not read'],
  [/\.(tar\.(xz|bz2|zst)|txz|tbz2?|7z|rar|zip)$/i, 'is an archive of a form that is not read: unpack it'],
];

/** Sentences about what lies in a folder in place of what was expected; empty where nothing is known. */
export function aboutStrangers(folder: string, names: readonly string[]): string {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const words = known.find(([pattern]) => pattern.test(name))?.[1];
    if (words) found.set(words, [...(found.get(words) ?? []), name]);
  }
  return [...found]
    .map(
      ([words, list]) =>
        ` ${folder}, ${list[0]}${list.length > 1 ? ` (and ${list.length - 1} more)` : ''} ${words}.`,
    )
    .join('');
}
