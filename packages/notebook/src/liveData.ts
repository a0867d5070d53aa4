import {
  DataError,
  type DatasetSplits,
  loadBinarizedMnist,
  loadCifar10,
  loadImageNet,
  loadMnist,
} from '@pixelrnn/data';
import type { Experiment } from '@pixelrnn/experiments';

/** The splits that a live run trains on, and what they are in a line. */
export interface LiveData extends DatasetSplits {
  note: string;
}

/**
 * Data for a short run of an experiment that is there at once: the experiment's own where they are in the data folder, else
 * MNIST, which a package brings: binarized by a seed where the experiment is about binary images, else in 256 levels of grey.
 * Nothing is fetched; what is used says its name.
 *
 * @param options `dataDir`: folder of the datasets; `defaultDataDir()` when absent
 * @throws DataError where files are there but damaged
 */
export async function liveData(
  experiment: Pick<Experiment, 'datasets'>,
  { dataDir }: { dataDir?: string } = {},
): Promise<LiveData> {
  const place = dataDir === undefined ? {} : { dataDir };
  const { own, other, remedy } = sources(experiment.datasets, place);
  try {
    const splits = await own();
    return { ...splits, note: sizes(splits) };
  } catch (error) {
    if (!(error instanceof DataError && (error.code === 'missing' || error.code === 'network'))) throw error;
  }
  const splits = await other();
  return { ...splits, note: `${sizes(splits)}\n${remedy}` };
}

type Load = () => Promise<DatasetSplits>;

function sources(
  datasets: readonly string[],
  place: { dataDir?: string },
): { own: Load; other: Load; remedy: string } {
  const has = (name: string) => datasets.includes(name);
  if (has('fixed')) {
    return {
      own: () => loadBinarizedMnist({ ...place, kind: 'fixed', download: false }),
      other: () => loadBinarizedMnist({ ...place, kind: 'seeded' }),
      remedy: "The papers' binarization is not here; `pnpm data fetch binarized-mnist` fetches it.",
    };
  }
  if (has('seeded')) {
    const seeded = () => loadBinarizedMnist({ ...place, kind: 'seeded' });
    return { own: seeded, other: seeded, remedy: '' };
  }
  const other = () => loadMnist(place);
  if (has('cifar10')) {
    return {
      own: () => loadCifar10({ ...place, download: false }),
      other,
      remedy: 'CIFAR-10 is not here, so this is another task; `pnpm data fetch cifar10` fetches it.',
    };
  }
  if (has('imagenet32')) {
    return {
      own: () => loadImageNet({ ...place, size: 32, onNote: () => {} }),
      other,
      remedy: 'ImageNet is not here, so this is another task; packages/data/README.md says what goes where.',
    };
  }
  throw new Error(
    `liveData knows fixed, seeded, cifar10 and imagenet32, but the experiment's datasets are ${datasets.join(', ')}: load one of them with @pixelrnn/data.`,
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
