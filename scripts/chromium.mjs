// The Chromium of this machine, for the tests of the page and of the notebooks.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const quiet =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/**
 * PIXELRNN_CHROMIUM, or a Chromium in PATH; null where there is none.
 *
 * @returns {string | null}
 */
export function findChromium() {
  const { PIXELRNN_CHROMIUM: named = '', PATH = '' } = process.env;
  if (named !== '') return named;
  const paths = names.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return paths.find(isProgram) ?? null;
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * What `chromium.launch` of playwright-core is called with.
 *
 * @returns {{ executablePath: string, args: string[] }}
 * @throws {Error} where there is no Chromium
 */
export function chromiumOptions() {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error(
      `Chromium is needed, but none of ${names.join(', ')} is in PATH: install it (Debian: apt-get install chromium), or name one in PIXELRNN_CHROMIUM.`,
    );
  }
  return { executablePath, args: quiet.split(' ') };
}
