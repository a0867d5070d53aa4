import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineError } from '@pixelrnn/engine';
import { z } from 'zod';

const program = fileURLToPath(new URL('measureTraining.ts', import.meta.url));
const speedsSchema = z.record(z.string(), z.number().positive());

/** Images/s by model. */
export type TrainingSpeeds = z.output<typeof speedsSchema>;

/** An engine and the kernels on it. */
export interface Way {
  engine: 'gpu' | 'node' | 'wasm';
  kernels: 'fused' | 'composed';
}

/** How long it is measured. */
export interface Patience {
  /** How long each model trains in each process; 1500 when absent. */
  milliseconds?: number;
  /** Processes for each way; 2 when absent. */
  rounds?: number;
}

/**
 * Measures how fast each way trains, each in processes of its own, by turns, of which the faster one counts: what else runs on
 * the machine only slows.
 *
 * @throws EngineError where one cannot be measured
 */
export function compareEngines<Name extends string>(
  ways: Readonly<Record<Name, Way>>,
  { milliseconds = 1500, rounds = 2 }: Patience = {},
): Record<Name, TrainingSpeeds> {
  const fastest: Record<string, TrainingSpeeds> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries<Way>(ways)) {
      const speeds = measure(way, milliseconds);
      const before = fastest[name] ?? {};
      for (const [model, speed] of Object.entries(speeds)) {
        speeds[model] = Math.max(speed, before[model] ?? 0);
      }
      fastest[name] = speeds;
    }
  }
  return fastest as Record<Name, TrainingSpeeds>;
}

function measure({ engine, kernels }: Way, milliseconds: number): TrainingSpeeds {
  const source = ['--conditions=@pixelrnn/source', '--import', 'tsx'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...source, program, String(milliseconds)], {
    encoding: 'utf8',
    env: { ...process.env, PIXELRNN_ENGINE: engine, PIXELRNN_KERNELS: kernels },
  });
  if (status === 0) return speedsSchema.parse(JSON.parse(stdout));
  const line =
    stderr.split('\n').find((text) => /^\w*Error: /.test(text)) ?? stderr.trim().split('\n').at(-1);
  throw new EngineError(
    `Training on ${engine} with ${kernels} kernels cannot be measured: ${line || `exit code ${status}`}`,
  );
}
