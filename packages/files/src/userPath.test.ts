import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cacheDir } from './cacheDir.js';
import { expandHome, userPath } from './userPath.js';

afterEach(() => vi.unstubAllEnvs());

describe('expandHome', () => {
  it.each([
    ['~', homedir()],
    ['~/runs/wide', join(homedir(), 'runs', 'wide')],
    ['~other/runs', '~other/runs'],
    ['a/~/b', 'a/~/b'],
    ['/runs~', '/runs~'],
    ['', ''],
  ])('%j is %j', (path, expected) => {
    expect(expandHome(path)).toBe(expected);
  });
});

describe('userPath', () => {
  it('begins where the user stands, where the script itself runs', () => {
    vi.stubEnv('INIT_CWD', resolve('/somewhere/below'));
    vi.stubEnv('npm_lifecycle_event', 'exp');
    expect(userPath('runs', 'exp')).toBe(resolve('/somewhere/below/runs'));
    expect(userPath(resolve('/runs'), 'exp')).toBe(resolve('/runs'));
    expect(userPath('~/runs', 'exp')).toBe(join(homedir(), 'runs'));
  });

  it('begins in the current folder without npm, and below another script', () => {
    vi.stubEnv('INIT_CWD', undefined);
    vi.stubEnv('npm_lifecycle_event', 'exp');
    expect(userPath('runs', 'exp')).toBe(resolve('runs'));
    vi.stubEnv('INIT_CWD', resolve('/somewhere'));
    vi.stubEnv('npm_lifecycle_event', 'test');
    expect(userPath('runs', 'exp')).toBe(resolve('runs'));
  });
});

describe('cacheDir', () => {
  it('is PIXELRNN_CACHE_DIR, in which ~ is the home folder', () => {
    vi.stubEnv('PIXELRNN_CACHE_DIR', '~/cache');
    expect(cacheDir()).toBe(join(homedir(), 'cache'));
    vi.stubEnv('PIXELRNN_CACHE_DIR', 'some/where');
    expect(cacheDir()).toBe(resolve('some/where'));
  });

  it("is in the operating system's place for caches without it", () => {
    vi.stubEnv('PIXELRNN_CACHE_DIR', '');
    vi.stubEnv('XDG_CACHE_HOME', resolve('cache'));
    if (process.platform === 'linux') expect(cacheDir()).toBe(resolve('cache/pixelrnn'));
    else expect(cacheDir()).toContain('pixelrnn');
  });
});
