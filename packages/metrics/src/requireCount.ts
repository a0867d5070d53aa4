/** @throws Error beginning with what was expected */
export function requireCount(expected: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new Error(`${expected}, a positive integer, got ${value}`);
}
