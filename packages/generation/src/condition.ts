import { kindOf, usage } from './generationError.js';

/**
 * What images are conditioned on: the class of all, a class for each, or the values of a model's conditional inputs, each
 * [count, ...] (one array where there is one input).
 */
export type Condition = number | readonly number[] | Float32Array | readonly Float32Array[];

/** Values for each conditional input of a model: [count, size of the input] each. */
export type ConditionValues = Float32Array[];

/**
 * The values of a model's conditional inputs.
 *
 * @param sizes values of an image for each conditional input of the model; a class is one-hot in the first
 * @throws GenerationError `usage` where they do not fit
 */
export function conditionValues(
  condition: Condition | undefined,
  sizes: readonly number[],
  count: number,
): ConditionValues {
  if (sizes.length === 0) {
    if (condition !== undefined) usage('condition: this model has no condition: leave it out.');
    return [];
  }
  if (condition === undefined) {
    usage(
      `condition: this model is conditioned on ${sizes.join(' and ')} values an image: give a class, or the values.`,
    );
  }
  if (typeof condition === 'number') return oneHot(new Array<number>(count).fill(condition), sizes);
  if (condition instanceof Float32Array) return requireSizes([condition], sizes, count);
  if (!isList(condition)) {
    usage(
      `condition: expected a class, a class for each image, or a Float32Array for each conditional input, but ${kindOf(condition)} came.`,
    );
  }
  if (condition.some((entry) => typeof entry !== 'number')) {
    return requireSizes(condition as readonly Float32Array[], sizes, count);
  }
  const classes = condition as readonly number[];
  if (classes.length !== count) {
    usage(`condition: expected ${count} classes, one for each image, but ${classes.length} came.`);
  }
  return oneHot(classes, sizes);
}

/** Labels of a dataset are a typed array. */
const isList = (condition: unknown): boolean =>
  Array.isArray(condition) || (ArrayBuffer.isView(condition) && 'some' in condition);

function oneHot(classes: readonly number[], sizes: readonly number[]): ConditionValues {
  const size = sizes[0] as number;
  if (sizes.length > 1) {
    usage(`condition: this model has ${sizes.length} conditional inputs: give the values of each.`);
  }
  const values = new Float32Array(classes.length * size);
  for (const [image, label] of classes.entries()) {
    if (!Number.isInteger(label) || label < 0 || label >= size) {
      usage(`condition: this model knows the classes 0 to ${size - 1}, but ${label} came.`);
    }
    values[image * size + label] = 1;
  }
  return [values];
}

function requireSizes(
  values: readonly Float32Array[],
  sizes: readonly number[],
  count: number,
): ConditionValues {
  if (values.length !== sizes.length) {
    usage(`condition: this model has ${sizes.length} conditional inputs, but ${values.length} came.`);
  }
  for (const [i, size] of sizes.entries()) {
    const given = values[i];
    if (!(given instanceof Float32Array)) {
      usage(
        `condition: expected a Float32Array for each conditional input, but ${kindOf(given)} came for input ${i}.`,
      );
    }
    if (given.length !== count * size) {
      usage(`condition: expected ${count} x ${size} values, but ${given.length} came.`);
    }
    const wrong = given.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) usage(`condition: expected finite values, but ${given[wrong]} came at index ${wrong}.`);
  }
  return [...values];
}

/** The values of images first .. first + count - 1. */
export function sliceCondition(
  values: ConditionValues,
  sizes: readonly number[],
  first: number,
  count: number,
): ConditionValues {
  return values.map((all, i) => {
    const size = sizes[i] as number;
    return all.subarray(first * size, (first + count) * size);
  });
}
