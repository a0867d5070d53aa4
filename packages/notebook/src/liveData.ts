import {
  DataError,
  type DatasetSplits,
  loadBinarizedMnist,
  loadCifar10,
  loadImageNet,
  loadMnist,
} from '@pixelrnn/data';
import type { Experiment } from '@pixelrnn/experiments';
import { z } from 'zod';
import { experimentOf } from './experimentOf.js';

/** The splits that a live run trains on, and what they are in a line. */
export interface LiveData extends DatasetSplits {
  note: string;
}

/**
 * Data for a short run of an experiment that is there at once: the experiment's own where they are in the data folder, else
 * MNIST, which a package brings: binarized by a seed where the experiment is about binary images, else in 256 levels of grey.
 * Of fixed and seeded binarized MNIST, CIFAR-10 and ImageNet nothing is fetched; any other set is loaded as the experiment
 * loads it. What is used says its name.
 *
 * @param given the experiment, or its id
 * @param options `dataDir`: folder of the datasets; `defaultDataDir()` when absent
 * @throws DataError where files are there but damaged
 * @throws Error for an experiment without data, or whose data need settings that have no default
 */
export async function liveData(
  given: Experiment | string,
  { dataDir }: { dataDir?: string } = {},
): Promise<LiveData> {
  const experiment = experimentOf('liveData', given);
  const place = dataDir === undefined ? {} : { dataDir };
  const { own, other, remedy } = sources(experiment, place);
  let missing: DataError;
  try {
    const splits = await own();
    return { ...splits, note: sizes(splits) };
  } catch (error) {
    if (!(error instanceof DataError && (error.code === 'missing' || error.code === 'network'))) throw error;
    missing = error;
  }
  const splits = await other();
  return { ...splits, note: `${sizes(splits)}\n${remedy(missing)}` };
}

type Load = () => Promise<DatasetSplits>;

interface Sources {
  own: Load;
  other: Load;
  remedy(missing: DataError): string;
}

function sources(experiment: Experiment, place: { dataDir?: string }): Sources {
  const has = (name: string) => experiment.datasets.includes(name);
  if (has('fixed')) {
    return {
      own: () => loadBinarizedMnist({ ...place, kind: 'fixed', download: false }),
      other: () => loadBinarizedMnist({ ...place, kind: 'seeded' }),
      remedy: () => "The papers' binarization is not here; `pnpm data fetch binarized-mnist` fetches it.",
    };
  }
  if (has('seeded')) {
    const seeded = () => loadBinarizedMnist({ ...place, kind: 'seeded' });
    return { own: seeded, other: seeded, remedy: () => '' };
  }
  const other = () => loadMnist(place);
  if (has('cifar10')) {
    return {
      own: () => loadCifar10({ ...place, download: false }),
      other,
      remedy: () => 'CIFAR-10 is not here, so this is another task; `pnpm data fetch cifar10` fetches it.',
    };
  }
  if (has('imagenet32')) {
    return {
      own: () => loadImageNet({ ...place, size: 32, onNote: () => {} }),
      other,
      remedy: () =>
        'ImageNet is not here, so this is another task; packages/data/README.md says what goes where.',
    };
  }
  return {
    own: () => experiment.loadData(dataSettings(experiment), place),
    other,
    remedy: ({ message }) => `The data of ${experiment.id} are not here, so this is another task: ${message}`,
  };
}

/** The first of an experiment's sets, with the defaults of the data's further settings. */
function dataSettings({ id, datasets, dataSettings = {} }: Experiment): { data: string } {
  const [data] = datasets;
  if (data === undefined) throw new Error(`liveData: ${id} has no data: none of its rows is trained.`);
  const { data: defaults, error } = z.object(dataSettings).safeParse({});
  if (!error) return { data, ...defaults };
  const needed = error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new Error(
    `liveData: the data of ${id} need settings that have no default (${needed}): load them with experiment.loadData.`,
  );
}

function sizes({ train, valid, test }: DatasetSplits): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const { name, height, width, channels, levels } = train;
  return [
    `${name}: ${count(train.count)} training, ${count(valid.count)} validation, ${count(test.count)} test images`,
    `of ${height} x ${width} pixels, ${channels === 1 ? '1 colour' : `${channels} colours`}, ${levels} levels`,
  ].join(' ');
}
