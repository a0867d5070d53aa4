import { DataError } from '../dataError.js';

/**
 * Refuses the path of an archive's entry that would lie outside the folder the archive is unpacked into. Nothing is
 * unpacked here, but an archive with such a path was made to do harm or is damaged.
 * @throws DataError `format`
 */
export function requireSafeName(name: string, archive: string, remedy: string): void {
  const parts = name.split(/[\\/]/);
  const absolute = parts[0] === '' || /^[A-Za-z]:/.test(name);
  if (!absolute && !parts.includes('..') && !name.includes('\0')) return;
  throw new DataError(
    'format',
    `${archive} should hold paths inside its own folder, but its entry ${JSON.stringify(name)} climbs out of it: ${remedy}.`,
  );
}

/** The path that unpacking gives an entry: `tar -C dir .` names its entries `./a`. */
export function plainName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
