import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainer } from './ours/training.js';
import { Participant } from './participant.js';
import { missingPeers, participantCommand, peerNames } from './participants.js';
import { readySchema, stepsSchema } from './protocol.js';
import type { PeerName } from './report.js';
import { tinyWorks, withGivenWeights } from './testing.js';
import { measureWork } from './trainingRounds.js';
import { whyNoPeers } from './venv.js';
import type { Work } from './works.js';

beforeAll(() => loadEngine({ quiet: true }));

it('says how to install the peers where they are missing', () => {
  const missing = missingPeers();
  if (whyNoPeers() === null) expect(missing.size).toBeLessThan(2);
  else expect([...missing.keys()]).toEqual(peerNames);
  for (const reason of missing.values()) expect(reason).toMatch(/install/);
});

// Needs `pnpm bench setup`. torch.compile runs the same program as PyTorch and takes long to compile.
const installed = whyNoPeers() === null ? (['pytorch', 'jax'] as const) : [];
for (const name of installed) {
  describe(`the program of ${name}`, () => {
    it.each(tinyWorks)('is the same model, trained by the same steps as ours: $name', async (work) => {
      await withGivenWeights(work, async (shared) => {
        const ours = trainer({ ...shared, mode: 'ours' });
        const first = await ours.run(1);
        await ours.run(2);
        const fifth = await ours.run(2);
        expect(Math.abs(fifth / first - 1)).toBeGreaterThan(1e-3);

        const peer = Participant.start(participantCommand(name, shared));
        try {
          const { ready } = await peer.hear(readySchema, 120);
          expect(ready.parameters).toBe(ours.model.countParams());
          expect(ready.loss / first).toBeCloseTo(1, 5);
          const { loss } = await peer.ask({ steps: 2 }, stepsSchema, 60); // after three to warm up
          expect(loss / fifth).toBeCloseTo(1, 5);
        } finally {
          await peer.stop();
        }
      });
    });
  });
}

if (missingPeers().size === 0)
  it('gives torch.compile up that compiles for too long, which is no failure', async () => {
    await withGivenWeights(tinyWorks[2] as Work, async (shared) => {
      const missing = new Map<PeerName, string>([
        ['pytorch', 'Not now.'],
        ['jax', 'Not now.'],
      ]);
      const pace = { rounds: 1, roundSeconds: 0.01, calibrationSteps: 1, compileSeconds: 0.2 };
      const { row, failures } = await measureWork(tinyWorks[2] as Work, shared, {
        ...pace,
        missing,
        log: () => {},
      });
      expect(row.absent).toEqual({
        ...Object.fromEntries(missing),
        torchCompile: 'Compiling took more than 0.2 s.',
      });
      expect(row.peers).toEqual({ pytorch: null, torchCompile: null, jax: null });
      expect(row.ratio).toBeNull();
      expect(failures).toEqual([]);
    });
  });
