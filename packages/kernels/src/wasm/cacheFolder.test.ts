import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '@pixelrnn/files';
import { afterEach, expect, it, vi } from 'vitest';

const script = fileURLToPath(new URL('../../wasm/build.sh', import.meta.url));
afterEach(() => vi.unstubAllEnvs());

it.each([undefined, '', '~', '~/some/where', '/some/where', 'some/where'])(
  'build.sh keeps its compiler where everything else is kept, with PIXELRNN_CACHE_DIR=%j',
  (value) => {
    vi.stubEnv('PIXELRNN_CACHE_DIR', value);
    for (const home of [undefined, '/xdg']) {
      vi.stubEnv('XDG_CACHE_HOME', home);
      const { stdout } = spawnSync('sh', [script, '--cache'], { encoding: 'utf8' });
      expect(stdout).toBe(`${cacheDir()}\n`);
    }
  },
);
