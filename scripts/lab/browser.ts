import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** PIXELRNN_CHROMIUM, or the path of an installed Chromium; null where there is none. */
function findChromium(): string | null {
  if (process.env.PIXELRNN_CHROMIUM) return process.env.PIXELRNN_CHROMIUM;
  for (const name of names) {
    const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return null;
}

/** @throws Error where no Chromium is installed */
export function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error(
      `One of ${names.join(', ')} should be installed, but none is: install one, or name one in PIXELRNN_CHROMIUM.`,
    );
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  args.push('--disable-background-networking', '--disable-component-update', '--disable-sync');
  return chromium.launch({ executablePath, args });
}
