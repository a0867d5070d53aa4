import type { z } from 'zod';

const kinds: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  string: 'a string',
  array: 'a list',
  tuple: 'a list',
  object: 'options in an object',
};

/**
 * What is wrong with options, each with what was expected and what came, in one line:
 * `height: expected a number above 0, got -1; skip: expected true or false, got "no"`.
 *
 * @param given what the schema was given
 * @param schema names the options that are known, where one is not
 */
export function optionErrors({ issues }: z.ZodError, given: unknown, schema: z.ZodType): string {
  return issues
    .map((issue) => {
      if (issue.code === 'unrecognized_keys') return unknownOptions(issue, schema);
      const expected = expectation(issue);
      const wrong = expected === null ? issue.message : `expected ${expected}`;
      if (issue.path.length === 0) return issue.code === 'custom' ? wrong : `${wrong}, got ${shown(given)}`;
      return `${issue.path.join('.')}: ${wrong}, got ${shown(at(given, issue.path))}`;
    })
    .join('; ');
}

/** Null where the issue's own message says it. */
function expectation(issue: z.core.$ZodIssue): string | null {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'array') return `a list of at least ${issue.minimum}`;
      return issue.origin === 'string'
        ? null
        : `a number ${issue.inclusive ? 'from' : 'above'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `a list of at most ${issue.maximum}`;
      return issue.origin === 'string'
        ? null
        : `a number ${issue.inclusive ? 'up to' : 'below'} ${issue.maximum}`;
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return either(issue.values.map(shown));
    case 'invalid_union': {
      const expected = issue.errors.map(([first]) => first && expectation(first));
      return expected.every((one) => typeof one === 'string') ? either([...new Set(expected)]) : null;
    }
    default:
      return null;
  }
}

function unknownOptions({ keys, path }: z.core.$ZodIssueUnrecognizedKeys, schema: z.ZodType): string {
  const names = path.filter((key) => typeof key === 'string'); // indices of lists have no schemas of their own
  const owner = names.reduce<unknown>((inner, name) => optionsOf(inner)[name], schema);
  const known = Object.keys(optionsOf(owner));
  const expected = known.length > 1 ? `one of ${known.join(', ')}` : (known[0] ?? 'none');
  return keys.map((key) => `${[...path, key].join('.')}: unknown, expected ${expected}`).join('; ');
}

interface Nested {
  shape?: Record<string, unknown>;
  def?: { innerType?: unknown; element?: unknown };
}

/** The options of a schema, of those in its list, or of what is optional in it. */
function optionsOf(schema: unknown): Record<string, unknown> {
  const { shape, def } = (schema ?? {}) as Nested;
  const inner = def?.innerType ?? def?.element;
  return shape ?? (inner ? optionsOf(inner) : {});
}

const at = (given: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], given);

const either = (values: readonly string[]): string =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/** A value in few words. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'function') return 'a function';
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  }
  if (Array.isArray(value))
    return value.length > 8 ? `a list of ${value.length}` : `[${value.map(shown).join(', ')}]`;
  const kind = value.constructor?.name ?? 'Object';
  return kind === 'Object' ? 'an object' : `a ${kind}`;
}
