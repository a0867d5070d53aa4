import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { provideFolder } from '@pixelrnn/engine';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nativeExecutor, nativeExecutorIsBuilt } from '../plan/nativeExecutor.js';
import { FakeCompiler } from '../testing/fakeCompiler.js';
import { planOf } from '../testing/plans.js';
import { buildAddon } from './buildAddon.js';
import { buildPlanExecutor } from './buildPlanExecutor.js';
import { planAddonName, planCompilerFlags, planFolder } from './planFolder.js';

const root = mkdtempSync(join(tmpdir(), 'pixelrnn-plan-'));
// One a test: a process loads an addon of one path once.
let cache: string;
let caches = 0;
vi.mock('@pixelrnn/files', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  cacheDir: () => cache,
}));
const compiler = new FakeCompiler(root);
const addon = () => join(planFolder(), planAddonName);
const plan = () => planOf('convolutions', { height: 2, width: 2, colors: 1, levels: 2 }, 1);

beforeEach(() => {
  cache = join(root, `cache-${caches++}`);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('compiles the executor alone, without TensorFlow, once', async () => {
  compiler.use();
  expect(nativeExecutorIsBuilt()).toBe(false);
  const first = await buildPlanExecutor();
  expect(first).toMatchObject({ built: true });
  const { folder } = first as { folder: string };
  expect(dirname(folder)).toBe(cache);
  expect(await buildPlanExecutor()).toEqual({ folder, built: false });
  expect(nativeExecutorIsBuilt()).toBe(true);
  const [command, ...others] = compiler.calls();
  expect(others).toEqual([]);
  expect(command).toContain('plan/addon.cc');
  expect(command).not.toMatch(/tensorflow|test_parts/);
});

test.each([
  ['an empty file', () => truncateSync(addon(), 0)],
  ['half a file', () => truncateSync(addon(), Math.floor(statSync(addon()).size / 2))],
  ['a file of another kind', () => writeFileSync(addon(), Buffer.alloc(statSync(addon()).size, 'x'))],
])('%s is no executor, and the next build mends it', async (_, damage) => {
  compiler.use();
  await buildPlanExecutor();
  damage();
  expect(nativeExecutorIsBuilt()).toBe(false);
  expect(() => nativeExecutor(plan())).toThrow(
    /^plan executor: the native one does not load \(.*plan\.node.*\), run `pnpm engine install` or take WebAssembly$/,
  );
  expect(await buildPlanExecutor()).toMatchObject({ built: true });
  expect(nativeExecutorIsBuilt()).toBe(true);
  expect(readdirSync(cache)).toEqual([basename(planFolder())]);
});

test('a whole file that does not load here is built anew', async () => {
  compiler.use();
  // As one that another machine has put into a cache that both share.
  await provideFolder(planFolder(), async (folder) => {
    writeFileSync(join(folder, planAddonName), 'of other libraries');
    return {};
  });
  expect(await buildPlanExecutor()).toMatchObject({ built: true });
  expect(nativeExecutorIsBuilt()).toBe(true);
});

test('what does not load is not taken for built', async () => {
  compiler.use('echo text > "$1"');
  expect((await buildPlanExecutor()) as { unavailable: string }).toHaveProperty(
    'unavailable',
    expect.stringMatching(
      /^they cannot be built: what was compiled does not load: .*plan\.node: file too short$/,
    ),
  );
  expect(readdirSync(cache)).toEqual([]);
});

test('other users of the cache may read it', async () => {
  compiler.use();
  await buildPlanExecutor();
  expect((statSync(planFolder()).mode & 0o777).toString(8)).toBe('755');
});

test('what an interrupted compile left goes with the next one', async () => {
  compiler.use();
  const left = join(cache, '.partial-plan-XyZ123');
  mkdirSync(left, { recursive: true });
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
  utimesSync(left, twoDaysAgo, twoDaysAgo);
  await buildPlanExecutor();
  expect(readdirSync(cache)).toEqual([basename(planFolder())]);
});

test('sources that change while they are compiled are not taken for those of before', async () => {
  compiler.use();
  let reads = 0;
  const sources = {
    addonName: planAddonName,
    folder: () => join(cache, `plan-${reads++}`),
    compilerArguments: () => [],
    message: 'Compiling.',
  };
  expect(await buildAddon(sources, {})).toEqual({
    unavailable: 'they cannot be built: the sources changed while they were compiled: run it again',
  });
  expect(readdirSync(cache)).toEqual([]);
});

test('a compiler that says nothing is not answered with its whole command line', async () => {
  compiler.use('exit 3');
  expect(await buildPlanExecutor()).toEqual({
    unavailable: 'they cannot be built: the compiler says nothing but exit code 3',
  });
});

test('every operation rounds by itself', () => {
  const flags = planCompilerFlags(['avx2', 'fma']);
  expect(flags).toContain('-ffp-contract=off');
  expect(flags.join(' ')).not.toMatch(/fast|associative|reciprocal/);
});

test('says what the compiler said, and that there is no executor', async () => {
  compiler.use('echo "plan.cc:1:2: error: no such thing" >&2; exit 1');
  expect(await buildPlanExecutor()).toEqual({
    unavailable: 'they cannot be built: plan.cc:1:2: error: no such thing',
  });
  expect(existsSync(join(cache, planAddonName))).toBe(false);
  expect(() => nativeExecutor(plan())).toThrow(
    'plan executor: the native one is not built for this processor, run `pnpm engine install` or take WebAssembly',
  );
});

test('threads are those of PIXELRNN_THREADS', () => {
  vi.stubEnv('PIXELRNN_THREADS', 'many');
  expect(() => nativeExecutor(plan())).toThrow("PIXELRNN_THREADS must be a positive integer, got 'many'");
});
