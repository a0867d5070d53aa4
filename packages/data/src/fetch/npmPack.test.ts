import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { dataErrorOf } from '../testing/samples.js';
import { npmPack, type RunNpm, runNpm } from './npmPack.js';

describe('npmPack', () => {
  it('packs with the npm of this machine', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'sample'));
    await writeFile(join(folder, 'sample', 'package.json'), '{"name": "@scope/sample", "version": "1.2.3"}');
    const path = await npmPack(join(folder, 'sample'), folder, runNpm);
    expect(path).toBe(join(folder, 'scope-sample-1.2.3.tgz'));
    expect([...(await readFile(path)).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  it('says what npm said', async () => {
    const folder = await temporaryFolder();
    const error = await dataErrorOf(() => npmPack(join(folder, 'nothing-here'), folder, runNpm));
    expect(error.code).toBe('network');
    expect(error.message).toMatch(/nothing-here should come by `npm pack`, but that failed \(.*npm err/i);
  });

  it('names the proxy that npm went through', async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const name of ['https_proxy', 'NO_PROXY', 'no_proxy']) vi.stubEnv(name, undefined);
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1'); // nobody listens there
    const run: RunNpm = () => {
      const stderr =
        'npm error request to https://registry.example/x failed, reason: connect ECONNREFUSED 127.0.0.1:1';
      return Promise.reject(Object.assign(new Error(), { stderr }));
    };
    const { message } = await dataErrorOf(() => npmPack('x@1', '/tmp', run));
    expect(message).toContain(
      'x@1 should come by `npm pack` through the proxy http://127.0.0.1:1 (HTTPS_PROXY), but that failed (npm error',
    );
    vi.stubEnv('NO_PROXY', 'registry.example');
    expect((await dataErrorOf(() => npmPack('x@1', '/tmp', run))).message).not.toContain('the proxy');
  });

  it("ends at the interrupt of a notebook's cell", async () => {
    const key = Symbol.for('jupyter.cellSignal');
    const controller = new AbortController();
    Object.defineProperty(globalThis, key, { configurable: true, value: controller.signal });
    onTestFinished(() => void Reflect.deleteProperty(globalThis, key));
    const run: RunNpm = async (_, signal) => {
      controller.abort(new Error('interrupted'));
      signal?.throwIfAborted();
      return '[]';
    };
    await expect(npmPack('x@1', '/tmp', run)).rejects.toThrow(/^interrupted$/);
  });

  it.each(['', '[]', '{}', '[{"filename": 3}]'])('refuses an answer such as %j', async (answer) => {
    expect((await dataErrorOf(() => npmPack('x@1', '/tmp', async () => answer))).code).toBe('network');
  });
});

it.runIf(process.platform !== 'win32')('ends npm where the process that asked for it ends', async () => {
  const folder = await temporaryFolder();
  const npm = join(folder, 'npm');
  const source = new URL('npmPack.ts', import.meta.url).href;
  // A fake npm that tells its number and goes on for a minute.
  const told = `echo $$ > '${folder}/told' && mv '${folder}/told' '${folder}/pid'`;
  await writeFile(npm, `#!/bin/sh\n${told}\nexec sleep 60\n`, { mode: 0o755 });
  const program = `import { runNpm } from '${source}';
    import { existsSync } from 'node:fs';
    runNpm(['pack']).catch(() => {});
    setInterval(() => existsSync('${folder}/pid') && process.exit(130), 10);`;
  const args = ['--conditions=@pixelrnn/source', '--import', 'tsx', '--input-type=module', '-e', program];
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  expect(spawnSync(process.execPath, args, { env }).status).toBe(130);
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // there is no such process
  }
}
