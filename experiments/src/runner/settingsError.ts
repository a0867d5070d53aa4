import type { z } from 'zod';
import { didYouMean } from './nearest.js';
import { UsageError } from './usageError.js';

const kinds: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  string: 'a word',
};

/** What is wrong with a row's settings, each with what was expected and what came: `steps: expected a number above 0, got -1`. */
export function settingsError(
  row: string,
  { issues }: z.ZodError,
  given: Record<string, unknown>,
): UsageError {
  const found = issues.map((issue) => {
    const key = String(issue.path[0] ?? '');
    const value = given[key];
    const got = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
    const expected = expectation(issue);
    return expected === null
      ? `${key}: ${issue.message}, got ${got}`
      : `${key}: expected ${expected}, got ${got}`;
  });
  return new UsageError(`Settings of ${row}: ${found.join('; ')}.`);
}

/** Null where the issue's own message says it. */
function expectation(issue: z.core.$ZodIssue): string | null {
  switch (issue.code) {
    case 'too_small':
      if (typeof issue.minimum !== 'number' || issue.origin === 'string') return null;
      return `a number ${issue.inclusive ? 'from' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive ? 'up to' : 'below'} ${issue.maximum}`;
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    default:
      return null;
  }
}

/** A setting that a row does not have, with those that it has. */
export const unknownSetting = (row: string, key: string, known: readonly string[]): UsageError =>
  new UsageError(
    `${row} has no setting ${key}: expected one of ${known.join(', ')}.${didYouMean(key, known)}`,
  );
