import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultDataDir, findFile } from './dataDir.js';
import { dataErrorOf } from './testing/samples.js';

describe('defaultDataDir', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is PIXELRNN_DATA_DIR', () => {
    vi.stubEnv('PIXELRNN_DATA_DIR', 'some/where');
    expect(defaultDataDir()).toBe(resolve('some/where'));
  });

  it('is below the home folder where it begins with ~', () => {
    vi.stubEnv('PIXELRNN_DATA_DIR', '~/data');
    expect(defaultDataDir()).toBe(join(homedir(), 'data'));
  });

  it("is the project's cache folder where that is chosen", () => {
    vi.stubEnv('PIXELRNN_DATA_DIR', '');
    vi.stubEnv('PIXELRNN_CACHE_DIR', resolve('chosen'));
    expect(defaultDataDir()).toBe(resolve('chosen'));
  });

  it.each([undefined, ''])("is the user's cache folder where the variable is %j", (value) => {
    vi.stubEnv('PIXELRNN_DATA_DIR', value);
    vi.stubEnv('PIXELRNN_CACHE_DIR', '');
    vi.stubEnv('XDG_CACHE_HOME', resolve('cache'));
    const folder = defaultDataDir();
    expect(isAbsolute(folder)).toBe(true);
    if (process.platform === 'linux') expect(folder).toBe(resolve('cache/pixelrnn'));
    else expect(folder).toContain('pixelrnn');
    expect(basename(folder)).not.toBe('');
  });
});

describe('findFile', () => {
  it('prefers the plain file, then the .gz, else finds nothing', async () => {
    const folder = await temporaryFolder();
    expect(await findFile(folder, 'a')).toBeUndefined();
    await writeFile(join(folder, 'a.gz'), '');
    expect(await findFile(folder, 'a')).toBe(join(folder, 'a.gz'));
    await writeFile(join(folder, 'a'), '');
    expect(await findFile(folder, 'a')).toBe(join(folder, 'a'));
    expect(await findFile(join(folder, 'none'), 'a')).toBeUndefined();
    expect(await findFile(join(folder, 'a'), 'a')).toBeUndefined();
  });

  it('refuses a folder in the place of the file', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'a'));
    expect((await dataErrorOf(() => findFile(folder, 'a'))).code).toBe('unreadable');
  });

  it('says so when it cannot look', async () => {
    const error = await dataErrorOf(() => findFile('.', 'a'.repeat(5000)));
    expect(error.code).toBe('unreadable');
    expect(error.message).toContain('ENAMETOOLONG');
  });
});
