import type { DataProgress, OnProgress } from '@pixelrnn/data';
import { Presets, SingleBar } from 'cli-progress';

const verbs = { download: 'fetching', read: 'reading', pack: 'packing' } as const;

/** 1 MB = 10^6 bytes, as in what files are said to have. */
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

/** What is done with a file, how far it is, and how fast: `fetching f  85.0 / 170.1 MB  12.3 MB/s`. */
export function byteLine({ stage, file, bytes, total }: DataProgress, bytesPerSecond: number): string {
  const rate = bytesPerSecond > 0 ? `  ${megabytes(bytesPerSecond)} MB/s` : '';
  return `${verbs[stage]} ${file}  ${megabytes(bytes)} / ${megabytes(total)} MB${rate}`;
}

/** Shows one file after another: a bar on a terminal; elsewhere a line every `lineSeconds` and at the end of a file. */
export function byteBar({
  stream = process.stderr,
  lineSeconds = 10,
}: {
  stream?: NodeJS.WriteStream;
  lineSeconds?: number;
} = {}): { onProgress: OnProgress; stop: () => void } {
  let current = '';
  let bar: SingleBar | undefined;
  let [start, startBytes, shown] = [0, 0, 0];
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const onProgress: OnProgress = (progress) => {
    const now = performance.now();
    const key = `${progress.stage} ${progress.file}`;
    if (key !== current) {
      stop();
      current = key;
      [start, startBytes, shown] = [now, progress.bytes, now];
      if (stream.isTTY) {
        const format = '{bar} {line}';
        bar = new SingleBar({ format, stream, barsize: 24, clearOnComplete: false }, Presets.shades_classic);
        bar.start(progress.total, progress.bytes, { line: '' });
      }
    }
    const seconds = (now - start) / 1000;
    const line = byteLine(progress, seconds > 0.1 ? (progress.bytes - startBytes) / seconds : 0);
    if (bar) bar.update(progress.bytes, { line });
    else if (!stream.isTTY && (progress.bytes === progress.total || now - shown > 1000 * lineSeconds)) {
      shown = now;
      stream.write(`${line}\n`);
    }
  };
  return { onProgress, stop };
}
