import crc32 from 'crc-32'; // CommonJS: Node finds no names in it
import { checkPlan } from './checkPlan.js';
import type { Plan, WeightsOf } from './plan.js';
import { planSchema } from './planSchema.js';

/**
 * A file: eight bytes of magic, then little-endian 32-bit words: version, CRC-32 of all that follows it, bytes of the header;
 * the header, the plan as JSON with `{first, count}` in place of weights, filled up with spaces to a multiple of 4; the weights,
 * little-endian float32.
 */
const magic = 'PXRNPLAN';
const version = 1;
const prefix = 20;
const checked = 16;

/** A plan with its weights as one file. Weights that several places share are stored once. */
export function encodePlan(plan: Plan): Uint8Array {
  checkPlan(plan);
  const blobs: Float32Array[] = [];
  const places = new Map<WeightsOf, { first: number; count: number }>();
  let floats = 0;
  const place = (weights: WeightsOf) => {
    const known = places.get(weights);
    if (known) return known;
    const values = weights();
    const added = { first: floats, count: values.length };
    places.set(weights, added);
    blobs.push(values);
    floats += values.length;
    return added;
  };
  const json = JSON.stringify(plan, (_, value) => (typeof value === 'function' ? place(value) : value));
  const text = new TextEncoder().encode(json);
  const header = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(prefix + header + 4 * floats);
  bytes.set(new TextEncoder().encode(magic));
  bytes.fill(0x20, prefix, prefix + header);
  bytes.set(text, prefix);
  const view = new DataView(bytes.buffer);
  let at = prefix + header;
  for (const values of blobs) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  view.setUint32(8, version, true);
  view.setUint32(16, header, true);
  view.setUint32(12, crc32.buf(bytes.subarray(checked)) >>> 0, true);
  return bytes;
}

/**
 * The plan of a file; its weights are read when they are wanted.
 *
 * @throws Error that says what is wrong with a file that is damaged, cut short or of another kind or version
 */
export function decodePlan(bytes: Uint8Array): Plan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < prefix) fail(`a file of ${bytes.length} bytes is too short`);
  if (new TextDecoder('latin1').decode(bytes.subarray(0, 8)) !== magic)
    fail('the file does not begin as one');
  const written = view.getUint32(8, true);
  if (written !== version) fail(`the file has version ${written}, this program reads ${version}`);
  if (crc32.buf(bytes.subarray(checked)) >>> 0 !== view.getUint32(12, true))
    fail('the checksum is wrong: the file is damaged or cut short');
  const header = view.getUint32(16, true);
  const weights = bytes.length - prefix - header;
  if (header % 4 !== 0 || weights < 0 || weights % 4 !== 0)
    fail(`a header of ${header} bytes does not fit the file`);
  const floats = new Float32Array(weights / 4);
  for (let i = 0; i < floats.length; i++) floats[i] = view.getFloat32(prefix + header + 4 * i, true);
  const plan = parse(new TextDecoder().decode(bytes.subarray(prefix, prefix + header)), floats);
  checkPlan(plan);
  return plan;
}

function parse(text: string, floats: Float32Array): Plan {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    fail(`the header is no JSON: ${(error as Error).message}`);
  }
  const { success, data, error } = planSchema(floats).safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    fail(`the header's ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return data;
}

function fail(what: string): never {
  throw new Error(`plan file: ${what}`);
}
