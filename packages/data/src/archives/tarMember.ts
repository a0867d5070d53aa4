import type { Header } from 'tar-stream';

/** What the header of a tar file's member says. */
export interface TarMember {
  path: string;
  isFolder: boolean;
  /** Why there is no content to be read. */
  problem?: string;
}

/** @param header of tar-stream, with names decoded as Latin-1, a byte a character */
export function memberOf(header: Header): TarMember {
  const { linkname } = header;
  const type: Header['type'] | null = header.type; // null for kinds that tar-stream does not know
  const pax = header.pax as Record<string, string> | null | undefined;
  const path = pax?.path ?? decoded(header.name);
  // Formats older than ustar have folders that differ by their name alone.
  const isFolder = type === 'directory' || (type === 'file' && path.endsWith('/'));
  const sparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
  const read = isFolder || ((type === 'file' || type === 'contiguous-file') && !sparse);
  if (read) return { path, isFolder };
  if (sparse) return { path: pax?.['GNU.sparse.name'] ?? path, isFolder, problem: sparseProblem };
  const target = pax?.linkpath ?? decoded(linkname ?? '');
  const kinds: Record<string, string> = {
    link: `it is a hard link to ${target}`,
    symlink: `it is a link to ${target}`,
  };
  const problem = type ? (kinds[type] ?? `it is a ${type}`) : sparseProblem;
  return { path, isFolder, problem };
}

const sparseProblem = 'it is sparse, or of another kind that GNU tar alone unpacks';

/** A name of UTF-8; one that is none is Latin-1, which older systems wrote, so that each stays another one. */
function decoded(latin1: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return latin1;
  }
}
