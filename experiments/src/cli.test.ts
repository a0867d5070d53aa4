import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suiteFolder } from '@pixelrnn/files/testing';
import { resultTableSchema } from '@pixelrnn/metrics';
import { describe, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 300_000 }); // many processes, each with an engine to load

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = suiteFolder();

function exp(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return expIn({}, ...args);
}

function expIn(variables: Record<string, string>, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@pixelrnn/source', '--import', 'tsx', 'experiments/src/cli.ts', ...args],
    { cwd: root, encoding: 'utf8', env: { ...process.env, ...variables } },
  );
  return { status, stdout, stderr };
}

const tiny = [
  '--rows',
  'pixelcnn',
  '--set',
  'data=seeded',
  '--set',
  'h=2',
  '--set',
  'blocks=1',
  '--set',
  'validImages=20',
];
const tryRate = ['--try', 'learningRate=0.01', '--steps', '3', '--results', join(out, 'tries')];
const quick = [...tiny, '--set', 'steps=4', '--set', 'testImages=20', '--set', 'samples=1'];

describe('pnpm exp', () => {
  it('lists experiments and rows', () => {
    const { status, stdout } = exp('list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^table4 {2}PixelRNN, Table 4/m);
    expect(stdout).toMatch(/^ {4}pixelcnn$/m);
    expect(stdout).toMatch(/^ {4}nade {2}\(quoted from the paper\)$/m);
  });

  it('runs a row: run folder, table, plots; then skips it; then refuses other settings; then starts afresh', async () => {
    const first = exp('table4', ...quick, '--out', out);
    expect(first.stderr + first.stdout).toContain('ours');
    expect(first.status).toBe(0);
    const folder = join(out, 'table4');
    const run = join(folder, 'runs', 'pixelcnn', 'seed-0');
    expect((await readdir(run)).sort()).toEqual([
      'checkpoint',
      'config.json',
      'environment.json',
      'metrics.jsonl',
      'result.json',
      'samples.png',
      'tensorboard',
    ]);
    expect(JSON.parse(await readFile(join(run, 'config.json'), 'utf8'))).toMatchObject({
      experiment: 'table4',
      row: 'pixelcnn',
      preset: 'smoke',
      seed: 0,
      dataset: 'binarized MNIST (seeded binarization)',
      settings: { steps: 4, h: 2 },
    });
    const table = resultTableSchema.parse(JSON.parse(await readFile(join(folder, 'table.json'), 'utf8')));
    const row = table.rows.find(({ name }) => name === 'pixelcnn');
    const result = JSON.parse(await readFile(join(run, 'result.json'), 'utf8'));
    expect(row).toMatchObject({ paper: 81.3, test: result.test, steps: 4, images: 64, seeds: [0] });
    expect(row?.label).toBe(
      'PixelCNN, blocks 1, h 2, headWidth 16, on binarized MNIST (seeded binarization), 20 of 10000 test images',
    );
    expect(table.rows.filter(({ test }) => test !== null)).toHaveLength(1);
    for (const name of ['table.md', 'table.csv', 'plot.png', 'plot.html', 'curve.png', 'curve.html']) {
      expect(existsSync(join(folder, name)), name).toBe(true);
    }

    const status = exp('status', '--out', out);
    expect(status.status).toBe(0);
    expect(status.stdout).toMatch(/^table4 +pixelcnn +0 +4\/4 +[\d.]+ nats +done$/m);

    const again = exp('table4', ...quick, '--out', out);
    expect(again.status).toBe(0);
    expect(again.stderr).toContain('already done');
    expect(JSON.parse(await readFile(join(run, 'result.json'), 'utf8'))).toEqual(result);

    // From a folder below, by npm or pnpm, and with fewer samples; then without training or measuring anything.
    const below = { npm_lifecycle_event: 'exp', INIT_CWD: folder };
    await rm(join(run, 'samples.png'));
    const drawn = expIn(below, 'table4', '--rows', 'pixelcnn', '--samples-only', '--out', '..');
    expect(drawn.stderr).toContain('PixelCNN, seed 0: sampling 1 images');
    expect(drawn.status).toBe(0);
    expect(existsSync(join(run, 'samples.png'))).toBe(true);

    const other = exp('table4', ...quick, '--set', 'h=3', '--out', out);
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('holds a run of other settings (h: 2 there, 3 asked for). Use --fresh');

    const fresh = exp('table4', ...quick, '--set', 'h=3', '--fresh', '--out', out);
    expect(fresh.status).toBe(0);
    expect(JSON.parse(await readFile(join(run, 'config.json'), 'utf8')).settings.h).toBe(3);
  });

  it('repeats a run from its config.json alone', () => {
    const config = (folder: string) => join(folder, 'table4', 'runs', 'pixelcnn', 'seed-3', 'config.json');
    const [first, second] = [join(out, 'first'), join(out, 'second')];
    const drawn = ['--set', 'validateEvery=2', '--set', 'sampleEvery=2'];
    const original = exp(
      'table4',
      ...quick,
      ...drawn,
      '--set',
      'optimizer=adam',
      '--seeds',
      '3',
      '--out',
      first,
    );
    expect(original.status).toBe(0);
    // Samples in TensorBoard's files: of step 2, and of the end.
    const logs = join(config(first), '..', 'tensorboard');
    const events = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'latin1'));
    expect(events.join('').split('\x89PNG')).toHaveLength(3);
    const repeated = exp('table4', '--config', config(first), '--out', second);
    expect(repeated.status).toBe(0);
    expect(readFileSync(config(second), 'utf8')).toBe(readFileSync(config(first), 'utf8'));
    const result = (folder: string) => {
      const { test, valid } = JSON.parse(readFileSync(join(config(folder), '..', 'result.json'), 'utf8'));
      return { test, valid };
    };
    expect(result(second)).toEqual(result(first));
  });

  it('repeats the measure of a trained model', () => {
    const config = 'results/completions/runs/pixelcnn/seed-0/config.json';
    const { status, stdout, stderr } = exp('completions', '--config', config, '--dry-run');
    expect(stderr).toBe('');
    expect(stdout).toContain('completions pixelcnn');
    expect(status).toBe(0);
  });

  it('takes rows and seeds that are named twice once', () => {
    const twice = ['--rows', 'pixelcnn,pixelcnn', '--seeds', '0,1,00,1'];
    const { status, stdout } = exp('table4', ...tiny, ...twice, '--dry-run');
    expect(status).toBe(0);
    expect(stdout.match(/^table4 pixelcnn.*$/gm)).toEqual([
      'table4 pixelcnn, preset smoke, seeds 0, 1, on binarized MNIST (seeded binarization)',
    ]);
  });

  it('refuses a plan that asks for more images than there are', () => {
    const { status, stderr } = exp('table4', ...tiny, '--set', 'testImages=10001', '--dry-run');
    expect(stderr).toContain('testImages: expected at most 10,000, the test images of binarized MNIST');
    expect(status).toBe(1);
  });

  it('prints the plan and trains nothing', () => {
    const folder = join(out, 'dry');
    const { status, stdout } = exp('table4', ...tiny, '--dry-run', '--seeds', '0,1', '--out', folder);
    expect(status).toBe(0);
    expect(stdout).toContain('seeds 0, 1, on binarized MNIST (seeded binarization)');
    expect(stdout).toMatch(/Total params: \d+/);
    expect(stdout).toContain('60 steps, 960 images');
    expect(stdout).toMatch(/^step [\d.e-]+ s, [\d.e+]+ images\/s$/m);
    expect(stdout).toMatch(
      /^time about [\d:]+ a run: training [\d:]+, evaluation [\d:]+; samples not counted$/m,
    );
    expect(stdout).toMatch(/^memory about \d+ MB, of which \d+ MB are tensors at the peak of a step$/m);
    expect(stdout).toMatch(/^disk about \d+ MB: two checkpoints and the logs$/m);
    expect(existsSync(folder)).toBe(false);
  });

  it('prints the script of an array job, and writes nothing', () => {
    const folder = join(out, 'script');
    const slurm = ['--launcher', 'slurm', '--time', '2:00:00', '--sbatch', 'mem=4G', '--dry-run'];
    const { status, stdout } = exp('table4', ...tiny, '--seeds', '0,1', '--out', folder, ...slurm);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^#!\/bin\/bash\n#SBATCH --job-name=pixelrnn-table4-\w{8}-1\n#SBATCH --array=0-1\n/,
    );
    expect(stdout).toMatch(/^#SBATCH --time=2:00:00\n#SBATCH --mem=4G\n/m);
    expect(stdout).toMatch(/^exec .*slurmTask\.ts .*\/script\/table4\/slurm\/1$/m);
    expect(stdout).toContain('# task 1: pixelcnn, seed 1');
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    [['tabel4'], 'Unknown experiment tabel4: expected one of table4, table5,'],
    [['tabel4'], 'Did you mean table4?'],
    [['table4', '--rows', 'pixelcn'], 'Did you mean pixelcnn?'],
    [['status', '--out', '/nowhere'], 'No run folder <id>/runs/<row>/seed-<n> in /nowhere'],
    [['all', '--rows', 'pixelcnn'], "unknown option '--rows'"],
    [['all', '--set', 'depth=3'], 'pixelcnn has no setting depth: expected one of data, steps'],
    [['table4', '--preset', 'huge'], "argument 'huge' is invalid. Allowed choices are smoke, cpu, paper"],
    [['table4', '--rows', 'pixelrnn'], 'Row pixelrnn of table4 is not known: expected some of pixelcnn'],
    [['table4', '--rows', 'nade'], 'Row nade of table4 has no model to run'],
    [['table4', '--set', 'depth=3'], 'pixelcnn has no setting depth: expected one of data, steps'],
    [['table4', '--set', 'steps=soon'], 'Settings of pixelcnn: steps: expected a number, got soon.'],
    [['table4', '--rows', 'pixelcnn', '--set', 'stepz=3'], 'Did you mean steps?'],
    [['status', 'tabel4', '--out', '/nowhere'], 'Did you mean table4?'],
    [
      ['table4', '--set', 'data=cifar'],
      'Setting data of table4: expected one of fixed, seeded, dynamic, got cifar',
    ],
    [['table4', '--set', 'kernelSize=4'], 'must be odd'],
    [['table4', '--set', 'steps'], '--set expects key=value, got steps'],
    [['table4', '--seeds', '0,x'], '--seeds expects numbers such as 0,1,2, got 0,x'],
    [['table4', '--seeds', ','], '--seeds expects numbers such as 0,1,2, got ,'],
    [['table4', '--rows', ''], '--rows expects names such as pixelcnn,row-lstm, got nothing'],
    [['table4', '--jobs', '0'], '--jobs expects a number from 1, got 0'],
    [['table4', '--set', 'schedule=step'], "Settings of pixelcnn: schedule 'step' needs stepEvery"],
    [['table4', '--config', 'no.json'], 'no.json: ENOENT'],
    [['own', '--config', 'no.json', '--skip-bad'], 'and for the options of images: leave out --skip-bad'],
    [['own', '--config', 'no.json', '--size', '16'], 'and for the options of images: leave out --size'],
    [
      ['table4', '--config', 'no.json', '--rows', 'pixelcnn'],
      '--config stands for --preset, --rows, --seeds and --set',
    ],
    [['table4', ...tryRate, '--dry-run'], "cannot be used with option '--dry-run'"],
    [['table4', ...tryRate, '--samples-only'], "cannot be used with option '--samples-only'"],
    [['table4', ...tryRate, '--fresh'], "cannot be used with option '--fresh'"],
    [['table4', ...tryRate, '--jobs', '2'], "cannot be used with option '--jobs <n>'"],
    [['table4', ...tryRate, '--set', 'steps=9'], 'leave out --set steps'],
    [['table4', '--try', 'steps=1,2', '--steps', '3'], '--try steps=... cannot be'],
    [
      ['table4', '--try', 'learningRate', '--steps', '3'],
      '--try expects key=value,value,..., got learningRate',
    ],
    [['table5', '--rows', 'uniform', ...tryRate], '--try trains, and uniform of table5 is not trained'],
    [['completions', ...tryRate], '--try trains, and completions has no row that is trained'],
    [['table4', '--samples-only', '--fresh'], "option '--samples-only' cannot be used with option '--fresh'"],
    [
      ['own', '--samples-only', '--size', '16'],
      "option '--samples-only' cannot be used with option '--size <n>'",
    ],
    [['table4', '--samples-only', '--set', 'h=3'], 'expected no setting but samples, got h'],
    [['table4', '--samples-only', '--out', 'no/such'], 'holds no finished run of these rows and seeds'],
    [['table4', '--launcher', 'cloud'], "argument 'cloud' is invalid. Allowed choices are local, slurm"],
    [['table4', '--partition', 'gpu'], '--partition belongs to --launcher slurm: add it, or leave'],
    [['table4', '--launcher', 'slurm', '--time', 'soon'], "--time expects a time limit of Slurm's"],
    [['cancel', 'table4', '--out', 'no/such'], 'Nothing of table4 was submitted to Slurm into'],
    [['collect', 'tabel4'], 'Did you mean table4?'],
    [['table4', '--colour'], "unknown option '--colour'"],
    [[], "missing required argument 'id'"],
  ])('%j is a usage error: exit code 2 and one clear message', (args, message) => {
    const { status, stderr } = exp(...args);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(status).toBe(2);
  });

  it.each([['table4', ...quick], ['table4', ...tryRate], ['table4', '--samples-only'], ['all'], ['status']])(
    'a file as --out is a usage error (%s)',
    async (...args) => {
      const file = join(out, 'file');
      await writeFile(file, '');
      const { status, stderr } = exp(...args, '--out', join(file, 'below'));
      expect(stderr).toMatch(
        /--out should be a folder that can be (written|read), but \S*file is a file: choose/,
      );
      expect(status).toBe(2);
    },
  );

  it.each([[['table4', '--rows', 'pixelcnn']], [['table5', '--rows', 'uniform']], [['all']]])(
    'an engine that does not exist is a usage error (%j)',
    (args) => {
      const { status, stderr } = expIn({ PIXELRNN_ENGINE: 'foo' }, ...args, '--out', join(out, 'no-engine'));
      expect(stderr).toMatch(/^pnpm exp: PIXELRNN_ENGINE is 'foo', which is no engine: .*\n$/);
      expect(status).toBe(2);
    },
  );

  it('shows the options of run beside an experiment', () => {
    const { status, stdout } = exp('table4', '--help');
    expect(status).toBe(0);
    for (const option of ['--rows', '--set', '--out', '--try']) expect(stdout).toContain(option);
    expect(exp('--help').stdout).toContain('collect');
  });
});
