import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, expect, it } from 'vitest';
import { Participant } from '../participant.js';
import { participantCommand } from '../participants.js';
import { matmulSchema, oursReadySchema, stepsSchema } from '../protocol.js';
import { tinyWorks, withGivenWeights } from '../testing.js';
import type { Work } from '../works.js';
import { trainer } from './training.js';

const tiny = tinyWorks[0] as Work;

beforeAll(() => loadEngine({ quiet: true }));

it('trains on request and says what it is', async () => {
  await withGivenWeights(tiny, async (shared) => {
    const here = trainer({ ...shared, mode: 'ours' });
    const losses: number[] = [];
    for (let step = 0; step < 5; step++) losses.push(await here.run(1));

    const ours = Participant.start(participantCommand('ours', shared));
    try {
      const { ready } = await ours.hear(oursReadySchema, 60);
      expect(ready.parameters).toBe(here.model.countParams());
      expect(ready.loss / (losses[0] as number)).toBeCloseTo(1, 6);
      const { loss } = await ours.ask({ steps: 2 }, stepsSchema, 60); // after three to warm up
      expect(loss / (losses[4] as number)).toBeCloseTo(1, 6);
      const { gflops } = await ours.ask({ matmul: true }, matmulSchema, 60);
      expect(gflops).toBeGreaterThan(0);
    } finally {
      await ours.stop();
    }
  });
});
