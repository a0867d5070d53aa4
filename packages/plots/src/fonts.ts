import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The fonts that pictures are drawn with, for resvg: the package's own, never the machine's. */
export function resvgFont() {
  const files = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf'];
  return {
    fontFiles: files.map((file) => require.resolve(`dejavu-fonts-ttf/ttf/${file}`)),
    loadSystemFonts: false,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
}
