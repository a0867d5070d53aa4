import { readFileSync } from 'node:fs';

/** A file of `fixtures/photos`; `makePhotos.py` says what each is. */
export const photoFixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/photos/${name}`, import.meta.url));
