/** Height and width of a PNG, from its header (PNG specification, 11.2.2). */
export function pngSize(png: Uint8Array): { height: number; width: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.length < 24 || view.getUint32(0) !== 0x89504e47) {
    throw new Error(`Expected a PNG image, got ${png.length} bytes of something else.`);
  }
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
