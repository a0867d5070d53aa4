import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningLab, startLab } from './lab/jupyterLab.js';
// @ts-expect-error: a plain script, with JSDoc types only
import { ensureVenv, findPython } from './venv.mjs';

let lab: RunningLab;

const get = async (path: string) => (await fetch(`${lab.address}${path}`)).text();
// biome-ignore lint/suspicious/noExplicitAny: whatever the server answers is what the tests look at
const json = async (path: string): Promise<any> => JSON.parse(await get(path));

describe.skipIf(!findPython())('pnpm lab', () => {
  beforeAll(async () => {
    ensureVenv();
    lab = await startLab();
  }, 600_000);
  afterAll(() => lab?.stop());

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
    expect(lab.said.filter((line) => /SyntaxError|ReferenceError|^\s+at /.test(line))).toEqual([]);
  });
});
