import { hostname } from 'node:os';
import type { Communicator } from '@pixelrnn/mpi';
import { TrainingError } from '../trainingError.js';
import { asCommon } from './ranks.js';

/** What must be the same on all ranks, by the names that messages use. */
export type Description = Readonly<Record<string, unknown>>;

const gathered = (communicator: Communicator, value: unknown): unknown[] =>
  communicator
    .gather(Buffer.from(JSON.stringify(value)))
    .map((bytes) => JSON.parse(Buffer.from(bytes).toString('utf8')));

/**
 * That all ranks are about to do the same.
 *
 * @throws TrainingError `ranks` on all of them, naming the first rank that differs from rank 0, and in what
 */
export function requireSameRun(communicator: Communicator, description: Description): void {
  if (communicator.size === 1) return;
  const all = gathered(communicator, { host: hostname(), description }) as {
    host: string;
    description: Description;
  }[];
  const [first] = all.map(({ description }) => flat(description)) as [Map<string, string>];
  for (const [rank, { host, description }] of all.entries()) {
    const its = flat(description);
    const differences = [...new Set([...first.keys(), ...its.keys()])]
      .filter((key) => first.get(key) !== its.get(key))
      .map((key) => `${key}: ${its.get(key) ?? 'nothing'} there, ${first.get(key) ?? 'nothing'} on rank 0`);
    if (differences.length === 0) continue;
    throw asCommon(
      new TrainingError(
        'ranks',
        `Rank ${rank} on ${host} would train something else (${differences.slice(0, 3).join('; ')}): start all ranks with the same version, options, engine and data.`,
      ),
    );
  }
}

/**
 * That the ranks' weights, and the images that come next, are still the same.
 *
 * @param state digests by what they are of
 * @param saved says which checkpoint is the last good one
 * @throws TrainingError `ranks` on all of them
 */
export function requireSameState(
  communicator: Communicator,
  state: Readonly<Record<'weights' | 'images', string>>,
  { step, saved }: { step: number; saved: string },
): void {
  if (communicator.size === 1) return;
  const all = gathered(communicator, state) as (typeof state)[];
  for (const what of ['images', 'weights'] as const) {
    const rank = all.findIndex((its) => its[what] !== all[0]?.[what]);
    if (rank < 0) continue;
    const which = what === 'weights' ? 'weights, or the state of its optimiser,' : 'next images';
    throw asCommon(
      new TrainingError(
        'ranks',
        `The ${which} of rank ${rank} differ from rank 0's after step ${step}; ${saved}. Start again from there, with all ranks on processors of one kind and with the same data.`,
      ),
    );
  }
}

/** Every leaf by its path, as text. */
function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flat(inner, path ? `${path}.${key}` : key, into);
  } else {
    into.set(path, JSON.stringify(value) ?? 'nothing');
  }
  return into;
}
