import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { AppendedFile, writeFileAtomic } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from './checkpoint/loadModel.js';
import { readMetricsLog } from './logs/metricsLog.js';
import { faultAt } from './testing/faults.js';
import { smallDisk } from './testing/smallDisk.js';
import {
  tinyModel as build,
  tinyData as data,
  tinyOptions,
  weightsOf as weights,
} from './testing/tinyRun.js';
import { train } from './train.js';
import type { TrainingOptions } from './trainingConfig.js';

beforeAll(() => loadEngine({ quiet: true }));

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const options: TrainingOptions = { ...tinyOptions, logEvery: 1, validateEvery: 4 };
const full = () => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};

describe('with an operation that fails for want of space', () => {
  it('a file that is written whole stays as it was, with nothing beside it', async () => {
    const path = join(folder, 'a.json');
    await writeFileAtomic(path, 'before');
    for (let operation = 1; operation <= 4; operation++) {
      const end = faultAt(operation, full);
      await expect(writeFileAtomic(path, 'after')).rejects.toThrow(`Cannot write ${path}: ENOSPC`);
      end();
      expect(await readdir(folder)).toEqual(['a.json']);
      expect(await readFile(path, 'utf8')).toBe('before');
    }
  });

  it('a log has no torn line, and gets what it lacks later', async () => {
    const path = join(folder, 'log');
    const file = await AppendedFile.open(path);
    expect(await file.append('one\n')).toBe(true);
    let end = faultAt(1, full);
    expect(await file.append('two, longer than that\n')).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('one\n');
    end();
    end = faultAt(1, full);
    await expect(file.sync()).rejects.toThrow(`Cannot write ${path}: ENOSPC`);
    end();
    expect(await file.append('three\n')).toBe(true);
    await file.sync();
    await file.close();
    expect(await readFile(path, 'utf8')).toBe('one\ntwo, longer than that\nthree\n');
  });

  it('training ends with an error, or goes on; the run is never lost', async () => {
    const whole = build();
    await train(whole, options, data);
    const outcomes = new Set<string>();
    for (let operation = 8; operation < 200; operation += 13) {
      const run = join(folder, String(operation));
      const warnings: string[] = [];
      const context = { ...data, folder: run, onWarning: (message: string) => void warnings.push(message) };
      const end = faultAt(operation, full);
      try {
        await train(build(), { ...options, checkpointMinutes: 1e-9 }, context);
        outcomes.add(warnings.length > 0 ? 'went on' : 'nothing failed');
      } catch (error) {
        expect((error as Error).message).toContain('ENOSPC');
        outcomes.add('ended');
      } finally {
        end();
      }
      const resumed = build(); // where it failed before its first checkpoint, it starts afresh
      const { history } = await train(resumed, options, context);
      expect(weights(resumed)).toEqual(weights(whole));
      expect(await readMetricsLog(run)).toEqual(history);
      expect(history.filter(({ train }) => train !== undefined)).toHaveLength(12);
    }
    expect(outcomes).toContain('went on');
  });
});

const disk = smallDisk(4096);
disk?.remove();

describe.runIf(disk !== null)('on a disk that is full', () => {
  it('training warns and goes on; the run ends with an error and is complete once there is space', async () => {
    const disk = smallDisk(192 * 1024) as NonNullable<ReturnType<typeof smallDisk>>;
    try {
      const run = join(disk.folder, 'run');
      const filler = join(disk.folder, 'filler');
      const warnings: string[] = [];
      const context = { ...data, folder: run, onWarning: (message: string) => void warnings.push(message) };
      await train(build(), { ...options, steps: 4 }, context);
      await fill(filler);
      const often = { ...options, checkpointMinutes: 1e-9 };
      await expect(train(build(), often, context)).rejects.toThrow(/Cannot write .*: ENOSPC/);
      await truncate(filler);
      expect(weights(await loadModel(join(run, 'checkpoint')))).toHaveLength(build().weights.length);
      await rm(filler);
      let freed = false;
      const model = build(9);
      const { history } = await train(model, often, {
        ...context,
        async onValidation(_, step) {
          if (step === 8) await fill(filler);
          if (step === 12) {
            await rm(filler);
            freed = true;
          }
        },
      });
      expect(freed).toBe(true);
      expect(warnings.join('\n')).toMatch(
        /Cannot write .* Training goes on; the next checkpoint tries again/,
      );
      expect(await readMetricsLog(run)).toEqual(history);
      const whole = build();
      await train(whole, options, data);
      expect(weights(model)).toEqual(weights(whole));
    } finally {
      disk.remove();
    }
  });
});

/** Writes into a file until nothing more fits. */
async function fill(path: string): Promise<void> {
  for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
    for (;;) {
      try {
        await writeFile(path, Buffer.alloc(bytes), { flag: 'a' });
      } catch {
        break; // that much does not fit
      }
    }
  }
}
