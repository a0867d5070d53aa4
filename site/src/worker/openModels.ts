import { conditionValues } from '@pixelrnn/generation/plan';
import { decodePlan, type Plan, type PlanExecutor, wasmExecutor } from '@pixelrnn/kernels/plan';
import crc32 from 'crc-32';

export interface OpenModel {
  plan: Plan;
  executor: PlanExecutor;
}

const models = new Map<string, OpenModel>();

/**
 * Makes a model ready.
 *
 * @param base64 its plan's file
 * @param expected CRC-32 of the file's bytes
 * @throws Error where the file is damaged
 */
export async function openModel(name: string, base64: string, expected: number): Promise<OpenModel> {
  const open = models.get(name);
  if (open) return open;
  const plan = decodePlan(bytesOf(base64, expected));
  const model = { plan, executor: await wasmExecutor(plan) };
  models.set(name, model);
  return model;
}

/** @throws Error where it has not been opened */
export function modelNamed(name: string): OpenModel {
  const model = models.get(name);
  if (!model) throw new Error(`the model ${name} has not been opened`);
  return model;
}

/** Values of a plan's conditions for `count` images of one class; none where it has no condition. */
export function classConditions(plan: Plan, classIndex: number | null, count: number): Float32Array[] {
  const sizes = plan.conditions.map((id) => plan.maps[id]?.channels ?? 0);
  return conditionValues(classIndex ?? undefined, sizes, count);
}

function bytesOf(base64: string, expected: number): Uint8Array {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    throw new Error('the file of weights is damaged: it is no base64 any more');
  }
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const found = crc32.buf(bytes) >>> 0;
  if (found !== expected) {
    throw new Error(
      `the file of weights is damaged: its checksum is ${found.toString(16)}, but ${expected.toString(16)} was expected`,
    );
  }
  return bytes;
}
