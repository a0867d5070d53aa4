// A run that was killed and resumed, read back by TensorBoard itself, of PyPI, in a virtual environment of the cache folder:
// curves, samples and histograms, through its fast reader and its older one.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { cacheDir } from '@pixelrnn/files';
import type { MetricsLine } from '@pixelrnn/metrics';
import { pixelCNN } from '@pixelrnn/models';
import { imageGrid } from '@pixelrnn/plots';
import { train } from '@pixelrnn/training';

const version = '2.21.0';
const size = { height: 4, width: 4, channels: 1, levels: 2 as const };
const images = Uint8Array.from({ length: 64 * 16 }, (_, i) => (i + (i >> 4)) & 1);

function installed(): string {
  const folder = join(cacheDir(), `tensorboard-${version}`);
  const bin = (name: string) => join(folder, 'bin', name);
  if (!existsSync(bin('tensorboard'))) {
    run('python3', '-m', 'venv', folder);
    run(bin('pip'), 'install', '--quiet', '--disable-pip-version-check', `tensorboard==${version}`);
  }
  return bin('tensorboard');
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
}

/** A run of 20 steps that was killed at step 16, its last checkpoint of step 10, while it wrote into an event file. */
async function killedAndResumed(folder: string, png: Uint8Array): Promise<MetricsLine[]> {
  const data = new ImageDataset({ name: 'stripes', kind: 'original', ...size, images });
  const options = { batchSize: 16, learningRate: 5e-3, logEvery: 2, validateEvery: 5, seed: 1 };
  const { height, width, channels: colors, levels } = size;
  const shape = { height, width, colors, levels, blocks: 1, h: 4, headWidth: 4, firstKernel: 3 };
  const part = async (steps: number) => {
    const model = pixelCNN(shape);
    const { history } = await train(
      model,
      { ...options, steps },
      { train: data, valid: data, folder, onValidation: (logs, step) => logs.image(step, 'samples', png) },
    );
    model.dispose();
    return history;
  };
  await part(10);
  cpSync(join(folder, 'checkpoint'), join(folder, 'kept'), { recursive: true });
  await part(16);
  rmSync(join(folder, 'checkpoint'), { recursive: true });
  cpSync(join(folder, 'kept'), join(folder, 'checkpoint'), { recursive: true });
  const events = join(
    folder,
    'tensorboard',
    readdirSync(join(folder, 'tensorboard')).sort().at(-1) as string,
  );
  truncateSync(events, statSync(events).size - 5);
  return part(20);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks a TensorBoard for its data until the predicate is content: it reads the files after it has begun to answer. */
async function ask<T>(url: string, ready: (answer: T) => boolean): Promise<T> {
  let last: unknown;
  for (let attempt = 0; attempt < 120; attempt++) {
    try {
      const response = await fetch(url);
      if (response.ok) {
        last = await response.json();
        if (ready(last as T)) return last as T;
      }
    } catch (error) {
      last = error; // it does not listen yet
    }
    await wait(500);
  }
  throw new Error(`TensorBoard did not answer ${url} as expected in a minute: ${JSON.stringify(last)}`);
}

function requireEqual(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, TensorBoard has ${JSON.stringify(found)}`);
}

async function check(url: string, history: readonly MetricsLine[], png: Uint8Array): Promise<void> {
  const query = (tag: string) => `?run=run%2Ftensorboard&tag=${encodeURIComponent(tag)}`;
  for (const key of ['train', 'valid'] as const) {
    const expected = history.flatMap((line) =>
      line[key] === undefined ? [] : [[line.step, Math.fround(line[key])]],
    );
    const points = await ask<[number, number, number][]>(
      `${url}/scalars/scalars${query(`nats per image/${key}`)}`,
      (answer) => answer.length === expected.length,
    );
    requireEqual(
      `${key} curve`,
      points.map(([, step, value]) => [step, Math.fround(value)]),
      expected,
    );
  }
  const steps = [5, 10, 15, 20];
  const samples = await ask<{ step: number; query: string }[]>(
    `${url}/images/images${query('samples')}&sample=0`,
    (answer) => answer.length === steps.length,
  );
  requireEqual(
    'steps of the samples',
    samples.map(({ step }) => step),
    steps,
  );
  const image = await fetch(`${url}/images/individualImage?${samples[0]?.query}`);
  requireEqual(
    'the samples',
    Buffer.from(await image.arrayBuffer()).toString('hex'),
    Buffer.from(png).toString('hex'),
  );
  const tags = await ask<Record<string, object>>(
    `${url}/histograms/tags`,
    (answer) => Object.keys(answer).length > 0,
  );
  const names = Object.keys(tags['run/tensorboard'] ?? {});
  requireEqual('histograms', names.every((name) => name.startsWith('weights/')) && names.length > 5, true);
  const weights = await ask<[number, number, [number, number, number][]][]>(
    `${url}/histograms/histograms${query(names[0] as string)}`,
    (answer) => answer.length === steps.length,
  );
  requireEqual(
    'steps of a histogram',
    weights.map(([, step]) => step),
    steps,
  );
  const counts = weights.map(([, , intervals]) => intervals.reduce((sum, [, , count]) => sum + count, 0));
  requireEqual(
    'weights in a histogram',
    counts.every((count) => count > 0 && count === counts[0]),
    true,
  );
}

const program = installed();
const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-tensorboard-'));
const servers: ChildProcess[] = [];
try {
  await loadEngine({ quiet: true });
  const png = await imageGrid({ ...size, images: images.subarray(0, 64), count: 4 });
  const history = await killedAndResumed(join(folder, 'run'), png);
  for (const fast of ['true', 'false']) {
    const port = await freePort();
    const args = ['--logdir', folder, '--host', '127.0.0.1', '--port', String(port), '--load_fast', fast];
    servers.push(spawn(program, args, { stdio: 'ignore' }));
    await check(`http://127.0.0.1:${port}/data/plugin`, history, png);
    console.log(`TensorBoard ${version}, --load_fast ${fast}: curves, samples and histograms as written`);
  }
} finally {
  for (const server of servers) server.kill();
  rmSync(folder, { recursive: true, force: true });
}
