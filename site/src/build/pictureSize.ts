import sharp from 'sharp';

/** How many pixels a picture's file has. */
export interface PictureSize {
  width: number;
  height: number;
}

/** @throws Error naming a picture that is damaged */
export async function pictureSize(picture: string | Uint8Array, name: string): Promise<PictureSize> {
  try {
    const { width, height } = await sharp(picture).metadata();
    return { width, height };
  } catch (cause) {
    throw new Error(`${name} should be a picture: ${(cause as Error).message}.`, { cause });
  }
}
