import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { flopsPerImage } from './flops.js';
import { formatGenerationReport, generationReportSchema } from './generationReport.js';
import { measureGeneration } from './generationRounds.js';
import { generationWorks } from './generationWorks.js';
import { tinyWorks, withGivenWeights } from './testing.js';
import type { Work } from './works.js';

beforeAll(() => loadEngine({ quiet: true }));

describe('the bench of sampling', () => {
  it('has a name for every row, and PyTorch beside the first four', () => {
    const names = generationWorks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(generationWorks.filter(({ peers }) => peers).map(({ name }) => name)).toEqual(names.slice(0, 4));
  });

  it('counts a multiplication and an addition for each live weight once a pixel', () => {
    const size = { height: 4, width: 5, colors: 1, levels: 2, headWidth: 2, firstKernel: 3 };
    const model = pixelCNN({ ...size, blocks: 0, h: 1 });
    // mask A of 3x3 has 4 live taps of 1 x 2; the head 2x2, 2x2 and 2x1
    expect(flopsPerImage(model)).toBe(2 * 20 * (4 * 2 + 4 + 4 + 2));
  });

  it('measures a row, and says what was extrapolated', async () => {
    const tiny = { ...(tinyWorks[1] as Work), peers: true };
    await withGivenWeights(tiny, async (shared) => {
      const noPeer = 'Not now.';
      // Our loop passes over whole pixels of three colours: over two here.
      const options = { rounds: 2, positions: 7, engine: 'cpu', noPeer, log: () => {} } as const;
      const { row, matmulGflops, failures } = await measureGeneration(tiny, shared, options);
      expect(failures).toEqual([]);
      expect(row.extrapolated).toEqual({ naive: { measured: 6, of: 60 }, pytorch: null });
      expect(row.rounds.wasm).toHaveLength(2);
      expect(row.ours).toBe(row.native ?? row.wasm);
      expect(row.absent.pytorch).toBe(noPeer);
      const machine = {
        ...{
          cpu: 'a processor',
          cores: 2,
          threads: 2,
          platform: 'linux-x64',
          node: '20.20.2',
          busy: 0,
        },
        ...{
          tensorflow: '2.21.0',
          simd: 16,
          kernels: 'native',
          matmulGflops: matmulGflops[0] as number,
          pytorch: null,
        },
      };
      const compression = {
        ...{
          work: 'pixelcnn',
          unit: 'bits/dim',
          images: 9,
          nll: 0.1,
          ours: 0.101,
          absent: { jpegXl: 'None here.' },
        },
        ...{
          peers: { png: 0.2, webp: 0.15, jpegXl: null },
          megabytesPerSecond: { compress: 1, decompress: 2 },
        },
      };
      const report = generationReportSchema.parse({ machine, engine: 'cpu', rows: [row], compression });
      const text = formatGenerationReport(report);
      expect(text).toContain('our naive loop');
      expect(text).toContain('extrapolated from 6 of 60 positions');
      expect(text).toContain('PyTorch                  -   Not now.');
      expect(text).toContain('compressing 1.00 MB/s, decompressing 2.00 MB/s');
    });
  });
});
