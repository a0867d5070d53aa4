import type { PlanRunOptions } from './executor.js';
import type { Plan } from './plan.js';
import { logitsPerColor, mapAt, valuesOf } from './planMaps.js';

/** The arrays of `Buffers` in cpp/plan/run.h, in that order; null where a mode has no use for one. */
export interface RunBuffers {
  conditions: Float32Array | null;
  otherConditions: Float32Array | null;
  given: Uint8Array | null;
  known: Uint8Array | null;
  uniforms: Uint32Array | null;
  intensities: Uint8Array;
  nats: Float32Array | null;
  logits: Float32Array | null;
  streams: Uint8Array | null;
  /** 24 bytes a stream, of which the fifth word is the length of its stream and the sixth what was read of it. */
  coders: Uint32Array | null;
}

export const bufferNames = [
  'conditions',
  'otherConditions',
  'given',
  'known',
  'uniforms',
  'intensities',
  'nats',
  'logits',
  'streams',
  'coders',
] as const satisfies readonly (keyof RunBuffers)[];

/** 32-bit words of a coder, and which one holds the length, which one the position. */
export const coderWords = { count: 6, length: 4, position: 5 } as const;

/** `shared_stream` of `Settings` in cpp/plan/run.h. */
export const sharesStream = (settings: Int32Array): boolean => settings[5] === 1;

const modes = { draw: 0, take: 1, encode: 2, decode: 3 } as const;

/** Logits are float32: divided by much less they are infinite, and infinite ones have no difference. */
export const leastTemperature = 1e-20;

export interface PreparedRun {
  buffers: RunBuffers;
  /** `Settings` of cpp/plan/run.h. */
  settings: Int32Array;
  /** Bytes between the streams of two images. */
  capacity: number;
}

/** @throws Error where options do not fit the plan */
export function prepareRun(plan: Plan, options: PlanRunOptions): PreparedRun {
  const { count, mode, temperature = 1, guidance, nats, logits } = options;
  const { height, width, colors } = plan;
  const pixels = height * width;
  const symbols = pixels * colors;
  const check = new Checks(plan, count);
  if (!Number.isInteger(count) || count < 1) check.fail(`count must be a positive integer, got ${count}`);
  if (!(temperature > 0) || !Number.isFinite(temperature))
    check.fail(`temperature must be positive and finite, got ${temperature}`);
  if (temperature < leastTemperature)
    check.fail(
      `temperature must be at least ${leastTemperature}, which leaves the likeliest level alone, got ${temperature}`,
    );
  if (guidance && plan.output.kind === 'mcgsm')
    check.fail('guidance mixes logits, and a mixture of Gaussians has none');
  if (guidance && !Number.isFinite(guidance.scale))
    check.fail(`guidance's scale must be finite, got ${guidance.scale}`);
  const reads = mode === 'take' || mode === 'encode';
  const given = check.intensities(options, reads);
  const known = check.known(options.known);
  const uniforms =
    mode === 'draw' ? check.array('uniforms', options.uniforms, Uint32Array, count * symbols) : null;
  const codes = mode === 'encode' || mode === 'decode';
  const shared = codes && (options.sharedStream ?? false);
  const streams = shared ? 1 : count;
  const perStream = shared ? count * symbols : symbols;
  const capacity = mode === 'decode' ? longest(options.streams, streams, check) : streamCapacity(perStream);
  const perPosition = count * colors * logitsPerColor(plan);
  const buffers: RunBuffers = {
    conditions: check.conditions('conditions', options.conditions ?? []),
    otherConditions: guidance ? check.conditions("guidance's conditions", guidance.conditions) : null,
    given,
    known,
    uniforms,
    intensities: new Uint8Array(count * symbols),
    nats: nats ? new Float32Array(count * symbols) : null,
    logits: logits ? new Float32Array(logits === 'all' ? perPosition * pixels : perPosition) : null,
    streams: codes ? new Uint8Array(streams * capacity) : null,
    coders: codes ? new Uint32Array(streams * coderWords.count) : null,
  };
  if (mode === 'decode') {
    options.streams.forEach((stream, i) => {
      buffers.streams?.set(stream, i * capacity);
      (buffers.coders as Uint32Array)[i * coderWords.count + coderWords.length] = stream.length;
    });
  }
  const knownOfEach = known !== null && known.length !== pixels;
  const settings = new Int32Array(9);
  settings.set([
    count,
    modes[mode],
    guidance ? 1 : 0,
    knownOfEach ? 1 : 0,
    logits === 'all' ? 1 : 0,
    shared ? 1 : 0,
    capacity,
  ]);
  new Float32Array(settings.buffer).set([temperature, guidance?.scale ?? 1], 7);
  return { buffers, settings, capacity };
}

/** `stream_capacity` of cpp/plan/coder.h, in whole words. */
const streamCapacity = (symbols: number): number => Math.ceil((3 * symbols + 16) / 4) * 4;

function longest(streams: readonly Uint8Array[], count: number, check: Checks): number {
  if (streams.length !== count) check.fail(`expected ${count} streams, got ${streams.length}`);
  for (const [i, stream] of streams.entries()) check.kind(`streams[${i}]`, stream, Uint8Array);
  return Math.max(1, ...streams.map(({ length }) => length));
}

type ArrayKind = Uint8ArrayConstructor | Uint32ArrayConstructor | Float32ArrayConstructor;

const withArticle = (name: string): string => `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return withArticle(Object(value).constructor?.name ?? 'object');
}

class Checks {
  constructor(
    private readonly plan: Plan,
    private readonly count: number,
  ) {}

  fail(what: string): never {
    throw new Error(`plan executor: ${what}`);
  }

  kind(name: string, values: unknown, Kind: ArrayKind): void {
    if (values instanceof Kind) return;
    this.fail(`expected ${name} as ${withArticle(Kind.name)}, got ${kindOf(values)}`);
  }

  array<Values extends ArrayBufferView & { readonly length: number }>(
    name: string,
    values: Values,
    Kind: ArrayKind,
    length: number,
  ): Values {
    this.kind(name, values, Kind);
    return this.length(name, values, length);
  }

  private length<Values extends { readonly length: number }>(
    name: string,
    values: Values,
    length: number,
  ): Values {
    if (values.length !== length) this.fail(`expected ${length} ${name}, got ${values.length}`);
    return values;
  }

  intensities({ intensities, known }: PlanRunOptions, all: boolean): Uint8Array | null {
    const { height, width, colors, levels, knownStride } = this.plan;
    if (!intensities) {
      if (all || known || knownStride !== null)
        this.fail('intensities of the pixels that are known must be given');
      return null;
    }
    this.array('intensities', intensities, Uint8Array, this.count * height * width * colors);
    const wrong = intensities.findIndex((value) => value >= levels);
    if (wrong >= 0)
      this.fail(`intensities must be below ${levels}, got ${intensities[wrong]} at index ${wrong}`);
    return intensities;
  }

  known(known: Uint8Array | undefined): Uint8Array | null {
    if (!known) return null;
    this.kind('known', known, Uint8Array);
    const pixels = this.plan.height * this.plan.width;
    if (known.length !== pixels && known.length !== this.count * pixels)
      this.fail(`expected ${pixels} or ${this.count * pixels} marks of known pixels, got ${known.length}`);
    return known;
  }

  /** All conditions of an image one after the other, [N, values]. */
  conditions(name: string, conditions: readonly Float32Array[]): Float32Array | null {
    const sizes = this.plan.conditions.map((id) => valuesOf(this.plan, mapAt(this.plan, id)));
    if (conditions.length !== sizes.length)
      this.fail(`expected ${sizes.length} of ${name}, got ${conditions.length}`);
    const perImage = sizes.reduce((sum, size) => sum + size, 0);
    if (perImage === 0) return null;
    const joined = new Float32Array(this.count * perImage);
    let at = 0;
    conditions.forEach((values, i) => {
      const size = sizes[i] as number;
      this.kind(`${name}[${i}]`, values, Float32Array);
      this.length(`values in ${name}[${i}]`, values, this.count * size);
      for (let image = 0; image < this.count; image++) {
        joined.set(values.subarray(image * size, (image + 1) * size), image * perImage + at);
      }
      at += size;
    });
    return joined;
  }
}
