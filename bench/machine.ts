import { cpus, loadavg } from 'node:os';
import { z } from 'zod';

/** Where a measurement was taken. */
export const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int().positive(),
  /** That every participant may use. */
  threads: z.int().positive(),
  platform: z.string(),
  node: z.string(),
  /** Load of the last minute, when the bench began: what else the machine had to do. */
  loadAverage: z.number().nonnegative(),
  tensorflow: z.string(),
  /** Floats in a vector register. */
  simd: z.int().positive(),
  kernels: z.string(),
});

export type Machine = z.infer<typeof machineSchema>;

/** This machine, with what an engine says about itself. */
export function thisMachine(
  engine: Pick<Machine, 'threads' | 'loadAverage' | 'tensorflow' | 'simd' | 'kernels'>,
): Machine {
  const { threads, loadAverage, tensorflow, simd, kernels } = engine;
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    threads,
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    loadAverage,
    tensorflow,
    simd,
    kernels,
  };
}

/** The load of the last minute; one that disturbs a measurement is logged. */
export function loadNow(log: (line: string) => void): number {
  const loadAverage = loadavg()[0] ?? 0;
  if (loadAverage > 0.5)
    log(`The load of this machine is ${loadAverage.toFixed(2)}: other programs disturb the measurement.`);
  return loadAverage;
}

/** The machine in a line or two of a table. */
export function formatMachine(engine: string, machine: Machine, more: readonly string[] = []): string[] {
  const software = [`TensorFlow ${machine.tensorflow}`, `${machine.kernels} kernels`, ...more];
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.threads} threads each, load ${machine.loadAverage.toFixed(2)}`,
    `engine ${engine}, ${software.join(', ')}`,
  ];
}
