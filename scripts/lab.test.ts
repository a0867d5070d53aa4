import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: a plain script, with JSDoc types only
import { ensureVenv, findPython } from './venv.mjs';

let lab: ChildProcess;
let address = '';
const said: string[] = [];

const get = async (path: string) => (await fetch(`${address}${path}`)).text();
// biome-ignore lint/suspicious/noExplicitAny: whatever the server answers is what the tests look at
const json = async (path: string): Promise<any> => JSON.parse(await get(path));

describe.skipIf(!findPython())('pnpm lab', () => {
  beforeAll(async () => {
    ensureVenv();
    const script = fileURLToPath(new URL('lab.mjs', import.meta.url));
    const options = ['--no-browser', '--port=0', '--IdentityProvider.token=', '--allow-root'];
    lab = spawn(process.execPath, [script, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: lab.stderr! })) {
      said.push(line);
      address ||= /http:\/\/(?:localhost|127\.0\.0\.1):\d+\//.exec(line)?.[0] ?? '';
      if (address) break;
    }
    expect(address, said.join('\n')).not.toBe('');
    lab.stderr!.resume();
  }, 600_000);
  afterAll(async () => {
    lab?.kill('SIGTERM');
    if (lab?.exitCode === null) await once(lab, 'exit');
  });

  test('offers the TypeScript kernel and no other', async () => {
    const { default: preselected, kernelspecs } = await json('api/kernelspecs');
    expect([preselected, Object.keys(kernelspecs)]).toEqual(['tslab', ['tslab']]);
    expect(kernelspecs.tslab.spec.display_name).toBe('TypeScript');
  });

  test('lists what a user needs', async () => {
    const { content } = await json('api/contents/');
    const names: string[] = content.map(({ name }: { name: string }) => name);
    expect(names).toContain('table4.ipynb');
    expect(
      names.filter((name) => /^node_modules$|\.test\.ts$|^package\.json$|^requirements/.test(name)),
    ).toEqual([]);
  });

  test('asks for no news, installs no extensions, and waits for a slow completion', async () => {
    const page = await get('lab');
    const { news, extensionManager } = JSON.parse(
      /id="jupyter-config-data"[^>]*>([\s\S]*?)<\/script>/.exec(page)![1]!,
    );
    expect([news.disabled, extensionManager.can_install]).toEqual([true, false]);
    const setting = async (plugin: string) =>
      (await json(`lab/api/settings/@jupyterlab/${plugin}`)).schema.properties;
    expect((await setting('completer-extension:manager')).providerTimeout.default).toBe(10_000);
    expect((await setting('apputils-extension:notification')).fetchNews.default).toBe('false');
  });

  test('says nothing but its own log', () => {
    expect(said.filter((line) => /SyntaxError|ReferenceError|^\s+at /.test(line))).toEqual([]);
  });
});
