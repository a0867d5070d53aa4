/** Formats that are told by their first bytes; `read` are those that `readPhoto` reads. */
export interface ImageKind {
  name: string;
  read: boolean;
}

const kinds: readonly { name: string; at: number; magic: string; read: boolean }[] = [
  { name: 'PNG', at: 0, magic: '\x89PNG\r\n\x1a\n', read: true },
  { name: 'JPEG', at: 0, magic: '\xff\xd8\xff', read: true },
  { name: 'GIF', at: 0, magic: 'GIF87a', read: true },
  { name: 'GIF', at: 0, magic: 'GIF89a', read: true },
  { name: 'WebP', at: 8, magic: 'WEBP', read: true },
  { name: 'TIFF', at: 0, magic: 'II*\0', read: true },
  { name: 'TIFF', at: 0, magic: 'MM\0*', read: true },
  { name: 'TIFF', at: 0, magic: 'II+\0', read: true }, // of more than 4 GB, or by programs that always write that form
  { name: 'TIFF', at: 0, magic: 'MM\0+', read: true },
  { name: 'BMP', at: 0, magic: 'BM', read: false },
  { name: 'JPEG XL', at: 0, magic: '\xff\x0a', read: false },
  { name: 'JPEG XL', at: 4, magic: 'JXL ', read: false },
  { name: 'JPEG 2000', at: 4, magic: 'jP  ', read: false },
  { name: 'PSD', at: 0, magic: '8BPS', read: false },
];

/** The formats that are read, for sentences. */
export const readFormats = 'PNG, JPEG, GIF, WebP, TIFF or AVIF';

const HEAD_BYTES = 64;

/** What the content is, whatever its name says; undefined where it is no image. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  return kinds.find(({ at, magic }) => head.startsWith(magic, at)) ?? heifKind(head);
}

/** The first box of a HEIF file names its brand, and then the others that it is compatible with. */
function heifKind(head: string): ImageKind | undefined {
  if (!head.startsWith('ftyp', 4)) return undefined;
  const end = Buffer.from(head, 'latin1').readUInt32BE(0);
  const [brand, , ...others] = head.slice(8, Math.min(end, head.length)).match(/.{4}/gs) ?? [];
  if (brand === 'avis') return { name: 'sequence of AVIF images', read: false };
  if (brand === 'avif' || others.includes('avif')) return { name: 'AVIF', read: true };
  return { name: 'HEIC', read: false };
}

const extensions: Record<string, string> = {
  png: 'PNG',
  jpg: 'JPEG',
  jpeg: 'JPEG',
  jpe: 'JPEG',
  jfif: 'JPEG',
  gif: 'GIF',
  webp: 'WebP',
  tif: 'TIFF',
  tiff: 'TIFF',
  avif: 'AVIF',
  bmp: 'BMP',
  dib: 'BMP',
  heic: 'HEIC',
  heif: 'HEIC',
  jxl: 'JPEG XL',
  jp2: 'JPEG 2000',
  psd: 'PSD',
};

/** The format that a file's name tells; undefined where it tells none. */
export const formatOfName = (name: string): string | undefined =>
  extensions[/\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];

/**
 * Whether a file's name says that it is an image, of a format that is read or not. Hidden files and those in `__MACOSX`, as
 * some systems leave them beside images, are none.
 */
export const isPhotoName = (name: string): boolean => formatOfName(name) !== undefined && !isSystemName(name);

/** Whether a path is one that a system leaves beside the user's own: hidden, or in `__MACOSX`. */
export const isSystemName = (name: string): boolean =>
  name.split('/').some((part) => part.startsWith('.') || part === '__MACOSX' || part === 'Thumbs.db');
