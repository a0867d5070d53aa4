import type { Displayer } from '@pixelrnn/cell';

const kinds = [
  { name: 'PNG', type: 'image/png', magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { name: 'JPEG', type: 'image/jpeg', magic: [0xff, 0xd8, 0xff] },
  { name: 'GIF', type: 'image/gif', magic: [0x47, 0x49, 0x46, 0x38] },
];

/** Bytes of a PNG, JPEG or GIF file. */
export const image: Displayer = {
  name: 'image',
  display(value) {
    if (!(value instanceof Uint8Array)) return undefined;
    const kind = kinds.find(({ magic }) => magic.every((byte, i) => value[i] === byte));
    if (!kind) return undefined;
    return { [kind.type]: value, 'text/plain': `${kind.name} image, ${value.byteLength} bytes` };
  },
};
