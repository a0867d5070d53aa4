import { DataError, loadBinarizedMnist } from '@pixelrnn/data';

export interface FixedOrSeededOptions {
  dataDir?: string;
  /** Fetch the canonical files where they are missing (110 MB); default false. */
  download?: boolean;
  log?: (line: string) => void;
}

/**
 * `fixed` where the canonical binarized MNIST is there or can be fetched, else `seeded`: MNIST binarized by our own
 * generator, whose results carry another label and are not comparable with the papers'.
 *
 * @throws DataError where the canonical files are there but damaged
 */
export async function fixedOrSeeded(options: FixedOrSeededOptions = {}): Promise<'fixed' | 'seeded'> {
  const { dataDir, download = false, log = console.error } = options;
  try {
    await loadBinarizedMnist({ kind: 'fixed', dataDir, download });
    return 'fixed';
  } catch (error) {
    if (!(error instanceof DataError && (error.code === 'network' || error.code === 'missing'))) throw error;
    log(
      `${error.message}\nGoing on with MNIST binarized here: its likelihoods carry another label than the paper's.`,
    );
    return 'seeded';
  }
}
