import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it } from 'vitest';
import { sbatchScript } from './sbatchScript.js';
import { slurmDefaults } from './slurmOptions.js';

const plain = {
  name: 'pixelrnn-table5-1a2b3c4d-1',
  folder: '/shared/runs/table5/slurm/1',
  tasks: 6,
  options: { ...slurmDefaults, sbatch: {} },
  root: '/shared/pixelrnn',
  command: ['/usr/bin/node', 'task.ts'],
};

const directives = (script: string) => script.split('\n').filter((line) => line.startsWith('#SBATCH'));

describe('sbatchScript', () => {
  it('is one array job that saves before its time limit, can be put back, and keeps its logs', () => {
    const script = sbatchScript(plain);
    expect(directives(script)).toEqual([
      '#SBATCH --job-name=pixelrnn-table5-1a2b3c4d-1',
      '#SBATCH --array=0-5',
      '#SBATCH --output=/shared/runs/table5/slurm/1/log-%a.txt',
      '#SBATCH --open-mode=append',
      '#SBATCH --requeue',
      '#SBATCH --signal=B:USR2@120',
    ]);
    expect(script.trimEnd().split('\n').at(-1)).toBe(
      'exec /usr/bin/node task.ts /shared/runs/table5/slurm/1',
    );
  });

  it("has the user's options, those of sbatch as they are", () => {
    const options = {
      ...plain.options,
      partition: 'gpu',
      time: '1-12',
      gpus: 'a100:1',
      arrayLimit: 2,
      signalBefore: 300,
      sbatch: { mem: '16G', exclusive: true as const, comment: 'two words' },
    };
    expect(directives(sbatchScript({ ...plain, options })).slice(1)).toEqual([
      '#SBATCH --array=0-5%2',
      '#SBATCH --output=/shared/runs/table5/slurm/1/log-%a.txt',
      '#SBATCH --open-mode=append',
      '#SBATCH --requeue',
      '#SBATCH --signal=B:USR2@300',
      '#SBATCH --partition=gpu',
      '#SBATCH --time=1-12',
      '#SBATCH --gpus=a100:1',
      '#SBATCH --mem=16G',
      '#SBATCH --exclusive',
      '#SBATCH --comment="two words"',
    ]);
  });

  it('quotes paths, and refuses those that sbatch cannot be told', () => {
    const script = sbatchScript({ ...plain, folder: '/shared/50% of it/slurm/1' });
    expect(script).toContain('#SBATCH --output="/shared/50%% of it/slurm/1/log-%a.txt"');
    expect(() => sbatchScript({ ...plain, folder: '/shared/"mine"' })).toThrow(
      'choose a path without quotation marks',
    );
  });

  describe('run by the shell', () => {
    const run = async (folder: string, environment: Record<string, string> = {}, options = {}) => {
      const print =
        'console.log(JSON.stringify([process.argv.slice(1), process.env.OMP_NUM_THREADS, process.env.PIXELRNN_ENGINE]))';
      const script = sbatchScript({
        ...plain,
        options: { ...plain.options, ...options },
        folder,
        root: await temporaryFolder(),
        command: [process.execPath, '-e', print],
      });
      const env = { PATH: process.env.PATH, SLURM_CPUS_ON_NODE: '3', ...environment };
      return spawnSync('bash', ['-s'], { input: script, encoding: 'utf8', env });
    };

    it("becomes the command, with the task's processors as threads unless the user has said how many", async () => {
      const folder = join(await temporaryFolder(), "it's here");
      await mkdir(folder);
      await writeFile(join(folder, 'submission.json'), '{}');
      expect(JSON.parse((await run(folder)).stdout)).toEqual([[folder], '3', null]);
      expect(JSON.parse((await run(folder, { OMP_NUM_THREADS: '1' })).stdout)).toEqual([[folder], '1', null]);
    });

    it('computes on the GPU that was asked for, unless the user has named another engine', async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'submission.json'), '{}');
      for (const options of [
        { gpus: '1' },
        { sbatch: { gres: 'gpu:1' } },
        { sbatch: { 'gpus-per-node': '1' } },
      ]) {
        const [note, printed] = (await run(folder, {}, options)).stdout.split('\n') as [string, string];
        expect(note).toMatch(/^pnpm exp: on the GPU, for the job asks for one; .*PIXELRNN_ENGINE=auto/);
        expect(JSON.parse(printed)).toEqual([[folder], '3', 'gpu']);
      }
      const node = await run(folder, { PIXELRNN_ENGINE: 'node' }, { gpus: '1' });
      expect(JSON.parse(node.stdout)).toEqual([[folder], '3', 'node']);
      const other = await run(folder, {}, { sbatch: { gres: 'bandwidth:1' } });
      expect(JSON.parse(other.stdout)).toEqual([[folder], '3', null]);
    });

    it('says so where the node does not see the folder', async () => {
      const { status, stderr } = await run('/nowhere/table5/slurm/1');
      expect(status).toBe(1);
      expect(stderr).toBe(
        'pnpm exp: /nowhere/table5/slurm/1 is not there on this node: --out must be a folder that all nodes share.\n',
      );
    });
  });
});
