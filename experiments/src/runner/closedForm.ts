import type { DatasetSplits } from '@pixelrnn/data';

/** How a row that is computed, not trained, gets its numbers: no steps, no seeds, no samples. */
export interface ClosedForm {
  /** @param folder the run folder, for further files */
  compute(data: DatasetSplits, log: (line: string) => void, folder: string): Promise<ClosedFormResult>;
}

export interface ClosedFormResult {
  /** Means in nats per image, over whole splits unless `testImages` and `validImages` say otherwise. */
  test: number;
  valid: number;
  train: number | null;
  /** Standard error of `test` over images. */
  testStandardError: number;
  testImages?: number;
  validImages?: number;
  parameters: number;
  /** Images that the row's parameters were fitted to. */
  images: number;
}
