import {
  blocksOf,
  type MapId,
  type Place,
  type Plan,
  type PlanMap,
  type PlanOutput,
  type PlanStep,
  type SumStep,
  unitBlocks,
  type WeightsOf,
} from '@pixelrnn/kernels/plan';

/** A sum whose map is added with it; what is left out is empty, or linear. */
export interface SumOptions
  extends Partial<Pick<SumStep, 'terms' | 'bias' | 'additions' | 'unit' | 'residuals'>> {
  /** Channels of the map that is written. */
  channels: number;
  /** Default cyclic; `all` where the sum is complete before the first pixel. */
  groups?: PlanMap['groups'];
  /** Default: `before` where everything that is read is complete before the first pixel, else `pixel`. */
  when?: SumStep['when'] | undefined;
}

/** Collects the maps and steps that the layers of a model describe themselves by, in the order of the forward pass. */
export class PlanBuilder {
  readonly height: number;
  readonly width: number;
  /** Colours of a pixel. */
  readonly colors: number;
  /** The map of scaled pixels. */
  readonly pixels: MapId;
  readonly steps: PlanStep[] = [];
  readonly conditions: MapId[] = [];
  /** The layer that is being described; its steps bear its name. */
  layer = '';
  private readonly maps: PlanMap[] = [];
  private knownStride: number | null = null;
  private output: { output: PlanOutput; levels: number } | null = null;

  constructor({ height, width, colors }: Pick<Plan, 'height' | 'width' | 'colors'>) {
    this.height = height;
    this.width = width;
    this.colors = colors;
    this.pixels = this.addMap({ channels: colors, groups: 'cyclic', stride: 1 });
  }

  /** @throws Error if there is no such map */
  map(id: MapId): PlanMap {
    const map = this.maps[id];
    if (!map) throw this.error(`there is no map ${id} among ${this.maps.length}`);
    return map;
  }

  addMap(map: PlanMap): MapId {
    const { channels, above, left, right } = map;
    const border = (values: WeightsOf | undefined) => values && this.checked(values, [channels], 'border');
    return this.maps.push({ ...map, above: border(above), left: border(left), right: border(right) }) - 1;
  }

  /** A map that the caller of the plan fills: `stride` 0 for a vector an image. */
  addCondition(size: Pick<PlanMap, 'channels' | 'stride'>): MapId {
    const id = this.addMap({ ...size, groups: 'all' });
    this.conditions.push(id);
    return id;
  }

  /** A step that writes a map of its own, added before: for a sum that reads what it wrote at other pixels. */
  addStep(step: PlanStep): void {
    if (this.writes(step.out)) throw this.error(`map ${step.out} is written twice`);
    const layer = this.layer || undefined;
    this.steps.push(step.kind === 'sum' ? { ...this.checkedSum(step), layer } : { ...step, layer });
  }

  /** A sum and its map. */
  sum(options: SumOptions): MapId {
    const { terms = [], additions = [], residuals = [], unit = 'linear', bias, channels } = options;
    const reads = [...terms, ...additions, ...residuals].map(({ map }) => map);
    const { when = reads.every((id) => this.whenWritten(id) === 'before') ? 'before' : 'pixel' } = options;
    const { groups = when === 'before' ? 'all' : 'cyclic' } = options;
    const stride = when === 'before' ? Math.max(...reads.map((id) => this.map(id).stride)) : 1;
    const out = this.addMap({ channels, groups, stride });
    this.addStep({ kind: 'sum', when, out, terms, bias, additions, residuals, unit });
    return out;
  }

  /** When a map is written; a condition `before`, the pixels one by one. */
  whenWritten(id: MapId): SumStep['when'] {
    if (this.conditions.includes(id)) return 'before';
    return this.steps.find(({ out }) => out === id)?.when ?? 'pixel';
  }

  /** Every stride-th pixel of every stride-th row is given. */
  knowPixels(stride: number): void {
    if (this.knownStride !== null && this.knownStride !== stride) {
      throw this.error(`the pixels are known at the strides ${this.knownStride} and ${stride}; expected one`);
    }
    this.knownStride = stride;
  }

  /** What becomes of the last map. */
  setOutput(output: PlanOutput, levels: number): void {
    if (this.output) throw this.error('the model has a second output; expected one');
    this.expectContiguous(output.map);
    this.output = { output, levels };
  }

  /**
   * @param last what the model's output is made from: without `setOutput`, Bernoulli logits, one channel a colour
   * @throws Error if that is no output
   */
  build(last: MapId): Plan {
    const { height, width, colors, pixels, maps, steps, conditions, knownStride } = this;
    const { channels } = this.map(last);
    if (!this.output && channels !== colors) {
      throw new Error(
        `plan: expected an output of one channel for each of ${colors} colours, or a layer that makes one of the ${channels} channels, such as SplitLevels`,
      );
    }
    if (!this.output) this.expectContiguous(last);
    const { output, levels } = this.output ?? { output: { kind: 'bernoulli', map: last }, levels: 2 };
    if (output.map !== last)
      throw new Error('plan: a layer follows the one that makes the output; expected none');
    return { height, width, colors, levels, maps, steps, pixels, conditions, output, knownStride };
  }

  /**
   * The check of a layer whose mask takes a map's channels to belong to colours cyclically.
   *
   * @throws Error if they do not
   */
  expectCyclic(id: MapId, colors: number): void {
    const { channels, groups } = this.map(id);
    if (colors !== this.colors) {
      throw this.error(`its mask has ${colors} colours, the model's pixels have ${this.colors}`);
    }
    const same = colors === 1 || groups === 'cyclic' || (groups === 'contiguous' && channels === colors);
    if (!same) {
      throw this.error(
        `its mask takes channels to belong to colours cyclically, but those of its input belong to them as '${groups}'`,
      );
    }
  }

  /** An output's colours stand one after the other; cyclic ones are the same where there is one, or one channel of each. */
  private expectContiguous(id: MapId): void {
    const map = this.map(id);
    if (map.groups === 'contiguous') return;
    const same = map.groups === 'cyclic' && (this.colors === 1 || map.channels === this.colors);
    if (!same) {
      throw this.error(
        `expected the output's channels in contiguous groups, one a colour (outputGroups: 'contiguous'), got '${map.groups}'`,
      );
    }
    if (id !== this.pixels) this.maps[id] = { ...map, groups: 'contiguous' };
  }

  error(what: string): Error {
    return new Error(this.layer ? `plan: layer '${this.layer}': ${what}` : `plan: ${what}`);
  }

  private writes(id: MapId): boolean {
    return this.steps.some((step) => step.out === id || (step.kind === 'sum' && step.cell?.map === id));
  }

  private checkedSum(step: SumStep): SumStep {
    if (!Object.hasOwn(unitBlocks, step.unit)) {
      throw this.error(`expected a unit ${Object.keys(unitBlocks).join(', ')}, got ${step.unit}`);
    }
    const sums = blocksOf(step.unit) * this.map(step.out).channels;
    const terms = step.terms.map((term) => ({
      ...term,
      weights: this.checked(term.weights, [term.taps.length, this.map(term.map).channels, sums], 'weights'),
    }));
    return { ...step, terms, bias: step.bias && this.checked(step.bias, [sums], 'bias') };
  }

  /** The same values, of which there must be as many as `shape` says. */
  private checked(values: WeightsOf, shape: number[], what: string): WeightsOf {
    const { layer } = this;
    const count = shape.reduce((product, size) => product * size, 1);
    return () => {
      const read = values();
      if (read.length === count) return read;
      throw new Error(
        `plan: layer '${layer}': expected ${what} [${shape}], ${count} numbers, got ${read.length}`,
      );
    };
  }
}

/** A map at the position that is computed. */
export const here = (map: MapId): Place => ({ map, row: 0, column: 0 });
