import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { experiments, findExperiment } from '@pixelrnn/experiments';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildRow } from './buildRow.js';
import { committedResults } from './committedResults.js';
import { liveData } from './liveData.js';

beforeAll(() => loadEngine({ quiet: true }));

describe('liveData', () => {
  it.each([
    ['table4', 'binarized MNIST (seeded binarization)', 2, 'pnpm data fetch binarized-mnist'],
    ['table2', 'MNIST', 256, 'pnpm data fetch cifar10'],
    ['table6', 'MNIST', 256, 'packages/data/README.md'],
  ])('%s has %s where its own data are missing, and says what to do', async (id, name, levels, remedy) => {
    const data = await liveData(findExperiment(id), { dataDir: await temporaryFolder() });
    expect(data.train).toMatchObject({ name, levels, count: 50_000 });
    expect(data.note).toContain(`${name}: 50,000 training, 10,000 validation, 10,000 test images`);
    expect(data.note).toContain(remedy);
  });

  it.each([
    ['conditional', 'binarized MNIST (seeded binarization)'],
    ['conditional-cifar10', 'MNIST'],
  ])('%s has the class of every image where its own data are missing', async (id, name) => {
    const { train, test, note } = await liveData(findExperiment(id), { dataDir: await temporaryFolder() });
    expect([train.name, train.labels?.length, test.labels?.length]).toEqual([name, 50_000, 10_000]);
    expect(note.includes('is not here')).toBe(name === 'MNIST');
  });

  it('damaged files are an error, not another dataset', async () => {
    const dataDir = await temporaryFolder();
    await mkdir(join(dataDir, 'imagenet'));
    await writeFile(join(dataDir, 'imagenet', 'train_32x32.tar'), 'torn');
    await writeFile(join(dataDir, 'imagenet', 'valid_32x32.tar'), 'torn');
    await expect(liveData(findExperiment('table6'), { dataDir })).rejects.toThrow('train_32x32.tar');
  });

  it('knows the data of every experiment', async () => {
    const dataDir = await temporaryFolder();
    const withData = experiments.filter(({ datasets }) => datasets.length > 0);
    const kinds = new Map(withData.map((experiment) => [experiment.datasets.join(), experiment]));
    for (const kind of kinds.values())
      expect((await liveData(kind, { dataDir })).train.name).toMatch(/MNIST/);
  });

  describe('of a set that it does not know', () => {
    const lego = { ...findExperiment('table4'), id: 'towers', datasets: ['lego'] };
    const images = new ImageDataset({
      ...{ name: 'lego', kind: 'own', height: 2, width: 1, channels: 1, levels: 2 },
      images: new Uint8Array(6),
    });

    it('loads what the experiment loads, with its first set and the defaults of its settings', async () => {
      const asked: unknown[] = [];
      const { note, train } = await liveData(
        {
          ...lego,
          dataSettings: { bricks: z.int().default(8) },
          loadData: async (...given) => {
            asked.push(...given);
            return { train: images, valid: images, test: images };
          },
        },
        { dataDir: '/bricks' },
      );
      expect(train).toBe(images);
      expect(asked).toEqual([{ data: 'lego', bricks: 8 }, { dataDir: '/bricks' }]);
      expect(note).toBe('lego: 3 training, 3 validation, 3 test images of 2 x 1 pixels, 1 colour, 2 levels');
    });

    it('has MNIST where the files are missing, and says which', async () => {
      const dataDir = await temporaryFolder();
      const loadData = () => Promise.reject(new DataError('missing', 'lego.tar is not there: put it there.'));
      const { note, train } = await liveData({ ...lego, loadData }, { dataDir });
      expect(train.name).toBe('MNIST');
      expect(note).toContain(
        'The data of towers are not here, so this is another task: lego.tar is not there',
      );
    });

    it('says what to do where there is none, or settings are needed', async () => {
      await expect(liveData('blind-spot')).rejects.toThrow('blind-spot has no data: ');
      await expect(liveData('own')).rejects.toThrow(
        'the data of own need settings that have no default (images): load them with experiment.loadData.',
      );
    });
  });

  it('takes an id, and names what is neither that nor an experiment', async () => {
    const dataDir = await temporaryFolder();
    expect((await liveData('table4', { dataDir })).train.name).toMatch(/^binarized MNIST/);
    await expect(liveData('table44', { dataDir })).rejects.toThrow(
      'Unknown experiment table44: expected one',
    );
    for (const other of [undefined, 4, {}] as unknown as string[]) {
      await expect(liveData(other)).rejects.toThrow(
        "liveData: expected an experiment or its id, such as 'table4', but ",
      );
    }
  });
});

describe('buildRow', () => {
  const images = new ImageDataset({
    ...{ name: 'noise', kind: 'original', height: 8, width: 8, channels: 1, levels: 4 },
    images: Uint8Array.from({ length: 64 * 4 }, (_, i) => (7 * i) % 4),
  });

  it("is the row's model for the images' shape, with the preset's settings and those changed", () => {
    const { label, paper, paperText, model, settings, training } = buildRow(
      findExperiment('table3'),
      'layers-2',
      images,
      {
        set: { steps: 7, h: 4 },
        seed: 5,
      },
    );
    expect([label, paper, paperText]).toEqual(['2 layers', 3.2, '3.20 (?)']);
    expect(model.outputs[0]!.shape).toEqual([null, 8, 8, 1, 4]);
    expect(settings).toMatchObject({ steps: 7, h: 4, layers: 2 });
    expect(training).toMatchObject({ steps: 7, seed: 5, learningRate: 2e-3 });
    expect(training).not.toHaveProperty('h');
  });

  it('takes the id of an experiment', () => {
    expect(buildRow('table3', 'layers-2', images).label).toBe('2 layers');
    expect(() => buildRow('table', 'layers-2', images)).toThrow('Unknown experiment table: expected one of');
    expect(() => buildRow(undefined as unknown as string, 'layers-2', images)).toThrow(
      "buildRow: expected an experiment or its id, such as 'table4', but nothing came.",
    );
  });

  it('names a preset that there is not', () => {
    const preset = 'big' as 'cpu';
    expect(() => buildRow('table3', 'layers-2', images, { preset })).toThrow(
      'preset: expected one of smoke, cpu, paper, got big.',
    );
  });

  it('rows that are not trained, and settings that there are not, are named', () => {
    expect(() => buildRow(findExperiment('table5'), 'uniform', images)).toThrow(
      "a row 'uniform' that is trained, but those are pixelcnn, row-lstm, diagonal-bilstm",
    );
    expect(() => buildRow(findExperiment('table5'), 'pixelcnn', images, { set: { stepz: 1 } })).toThrow(
      'stepz',
    );
  });
});

describe('committedResults', () => {
  it('has the table, the figure, samples and weights of what is committed', async () => {
    const { rows, figure, samples, pretrained, note } = await committedResults(findExperiment('table4'));
    const ours = rows.find(({ model }) => model === 'Diagonal BiLSTM (7 layers, h = 16)');
    expect(ours).toMatchObject({ paper: '79.20', parameters: '66,241' });
    expect(Number(ours?.ours)).toBeCloseTo(79.3, 1);
    expect(ours).toMatchObject({ 'standard error': '0.20', 'standard deviation': '' });
    expect(rows.find(({ model }) => model === 'Diagonal BiLSTM (1 layer, h = 32)')).toMatchObject({
      ...{ ours: '80.45', 'standard error': '0.20', 'standard deviation': '0.01 over 3 seeds' },
    });
    expect(rows.find(({ model }) => model === 'NADE')).toMatchObject({ paper: '88.33', ours: '', steps: '' });
    expect(figure?.data).toHaveLength(2);
    const [diagonal, completed] = samples.filter(({ label }) =>
      label.startsWith('Diagonal BiLSTM (7 layers'),
    );
    expect(diagonal?.label).toBe('Diagonal BiLSTM (7 layers, h = 16)');
    expect(completed?.label).toBe('Diagonal BiLSTM (7 layers, h = 16), completions');
    expect(completed?.png.subarray(1, 4)).toEqual(Buffer.from('PNG'));
    expect(pretrained[0]).toBe('table4/diagonal-bilstm-7x16');
    expect(note).toMatch(
      /^(\d of|All) 5 rows of table4 have a committed result; nats per image of the test images\.\nOf a row with several seeds, ours and the standard error are means over them, and the standard deviation is that of ours\.$/,
    );
  });

  it('says of a row that is not trained how its number came about, and leaves out rows without any', async () => {
    const { rows, note, figure } = await committedResults(findExperiment('softmax-distributions'));
    expect(rows.map(({ steps }) => steps)).toEqual(['measured', 'measured', 'measured', 'measured']);
    expect(rows[0]).not.toHaveProperty('paper');
    expect(rows[0]).not.toHaveProperty('standard deviation');
    expect(rows[0]?.['wall time']).toMatch(/^\d+ (s|min)$/);
    expect(JSON.stringify(figure)).not.toMatch(/trained for \d|trained for this/);
    expect(note).toBe(
      'All 4 rows of softmax-distributions have a committed result; bits per dimension of the test images.',
    );
    expect((await committedResults(findExperiment('gated-table1'))).note).toMatch(
      /^The one row of gated-table1 has /,
    );
  });

  it("has the paper's numbers where nothing is committed, and says so", async () => {
    const results = await temporaryFolder();
    const { rows, figure, samples, pretrained, note } = await committedResults(
      findExperiment('table2'),
      results,
    );
    expect(rows.map(({ paper, ours }) => [paper, ours])).toEqual([
      ['3.22 (?)', ''],
      ['3.09', ''],
      ['3.07', ''],
      ['3.06', ''],
    ]);
    expect(figure).not.toBeNull();
    expect([samples, pretrained]).toEqual([[], []]);
    expect(note).toBe(
      "results/ has no number of table2 yet; `pnpm exp table2 --preset cpu` trains its 4 rows.\n(?) marks a number of the paper's that was recalled, not read again.",
    );
    expect((await committedResults(findExperiment('multiscale'), results)).figure).toBeNull();
  });

  it('takes the id of an experiment', async () => {
    expect((await committedResults('table4')).pretrained[0]).toBe('table4/diagonal-bilstm-7x16');
    await expect(committedResults({} as unknown as string)).rejects.toThrow(
      "committedResults: expected an experiment or its id, such as 'table4', but Object came.",
    );
  });

  it('a damaged table is an error that names it', async () => {
    const results = await temporaryFolder();
    await mkdir(join(results, 'table2'));
    await writeFile(join(results, 'table2', 'table.json'), '{"experiment": "table2"}');
    await expect(committedResults(findExperiment('table2'), results)).rejects.toThrow(
      'should be a result table',
    );
  });
});
