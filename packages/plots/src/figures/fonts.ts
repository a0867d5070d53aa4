import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The fonts that pictures are drawn with, for resvg: the package's own, never the machine's. */
export function resvgFont() {
  return {
    fontFiles: [
      require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
      require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
      require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Oblique.ttf'),
    ],
    loadSystemFonts: false,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
}
