/** What the build tells the page, as JSON inside it. Paths are relative to the page. */
export interface SiteManifest {
  /** plotly.js, which no figure needs before it comes into view. */
  plotly: string;
  /** The worker's program, which nothing needs before a model runs. */
  worker: Pick<SiteFile, 'script' | 'name'>;
  /** The details of every run, which the first paint does not need. */
  details: Pick<SiteFile, 'script' | 'name'>;
  models: SiteModel[];
  /** Real digits, bits packed, the first pixel in the highest bit: a file's content is base64. */
  digits: SiteFile & {
    /** What each of them is, a character a digit. */
    labels: string;
  };
}

/** A file that is loaded as a script, which a page opened from disk may do too; `crc32` is that of its bytes. */
export interface SiteFile {
  script: string;
  /** By which its script hands it over. */
  name: string;
  crc32: number;
}

/** The plan of a committed run, named `<experiment>/<row>/seed-<n>`. */
export interface SiteModel extends SiteFile {
  /** That of the experiment that trained it. */
  title: string;
  label: string;
  /** The images that it learned from, and how many it saw; only where it stands beside others. */
  learned?: string;
  height: number;
  width: number;
  colors: number;
  levels: number;
  /** Names of the classes that it is conditioned on; null where it is not. */
  classes: readonly string[] | null;
  /** Its output is a mixture, which takes several times longer to draw from than a softmax. */
  mixture?: true;
  /** Its likelihood as its table has it, with the unit. */
  score: string;
}

/** Binary images of 28 x 28: what can be painted, looked at and weighed. */
export const isDigitModel = ({ height, width, colors, levels }: SiteModel): boolean =>
  height === 28 && width === 28 && colors === 1 && levels === 2;

/**
 * The models that stand side by side where an image is finished, looked at or weighed: of several seeds of a row the lowest.
 * Those of Figure 4 are too many.
 */
export function sideBySide(models: readonly SiteModel[]): SiteModel[] {
  const digits = models.filter((model) => isDigitModel(model) && !model.name.startsWith('receptive-field/'));
  const named = digits.map((model) => {
    const [row, seed] = model.name.split('/seed-');
    return { model, row, seed: Number(seed) };
  });
  return named
    .filter(({ row, seed }) => !named.some((other) => other.row === row && other.seed < seed))
    .map(({ model }) => model);
}

/** A model's run in the repository: what `pnpm sample` takes. */
export const runFolder = ({ name }: SiteModel): string => `results/${name.replace('/', '/runs/')}`;
