import { type CpuInfo, cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';

/** Where a measurement was taken. */
export const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int().positive(),
  /** That every participant may use. */
  threads: z.int().positive(),
  platform: z.string(),
  node: z.string(),
  /** Share of the time of all processors that other programs used in the second before the bench began. */
  busy: z.number().min(0).max(1).optional(),
  /** Earlier reports have this in its place: the load of the last minute, in which programs count that had ended. */
  loadAverage: z.number().nonnegative().optional(),
  tensorflow: z.string(),
  /** Floats in a vector register. */
  simd: z.int().positive(),
  kernels: z.string(),
});

export type Machine = z.infer<typeof machineSchema>;

/** This machine, with what an engine says about itself. */
export function thisMachine(
  engine: Pick<Machine, 'threads' | 'tensorflow' | 'simd' | 'kernels'> & { busy: number },
): Machine {
  const { threads, busy, tensorflow, simd, kernels } = engine;
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    threads,
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    busy,
    tensorflow,
    simd,
    kernels,
  };
}

/** Milliseconds of a processor since the machine was started, by what it did. */
type Times = CpuInfo['times'];

const mostBusy = 0.1;

/** The share of the processors' time that is used now, over a second; one that disturbs a measurement is logged. */
export async function busyNow(
  log: (line: string) => void,
  readTimes: () => Times[] = () => cpus().map(({ times }) => times),
  milliseconds = 1000,
): Promise<number> {
  const before = readTimes();
  await setTimeout(milliseconds);
  const busy = busyShare(before, readTimes());
  if (busy > mostBusy)
    log(
      `Other programs use ${(100 * busy).toFixed(0)} % of the processors: they disturb the measurement; end them, or measure later.`,
    );
  return busy;
}

function busyShare(before: readonly Times[], after: readonly Times[]): number {
  const sum = (times: readonly Times[], of: (times: Times) => number) =>
    times.reduce((total, one) => total + of(one), 0);
  const passed = (of: (times: Times) => number) => sum(after, of) - sum(before, of);
  const used = passed(({ user, nice, sys, irq }) => user + nice + sys + irq);
  const all = used + passed(({ idle }) => idle);
  return all > 0 ? Math.min(1, Math.max(0, used / all)) : 0;
}

/** The machine in a line or two of a table. */
export function formatMachine(engine: string, machine: Machine, more: readonly string[] = []): string[] {
  const software = [`TensorFlow ${machine.tensorflow}`, `${machine.kernels} kernels`, ...more];
  const { cpu, cores, threads, busy, loadAverage } = machine;
  const before = [
    ...(busy === undefined ? [] : [`${(100 * busy).toFixed(0)} % busy before`]),
    ...(loadAverage === undefined ? [] : [`load ${loadAverage.toFixed(2)}`]),
  ];
  return [
    [cpu, `${cores} cores`, `${threads} threads each`, ...before].join(', '),
    `engine ${engine}, ${software.join(', ')}`,
  ];
}
