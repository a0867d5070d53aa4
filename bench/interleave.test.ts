import { expect, it } from 'vitest';
import { interleave } from './interleave.js';

it('goes round by round, one participant after the other', async () => {
  const calls: string[] = [];
  let active = 0;
  const participant = (name: string) => async (round: number) => {
    expect(++active).toBe(1);
    calls.push(`${name}${round}`);
    await new Promise((resolve) => setImmediate(resolve));
    active--;
    return calls.length;
  };
  const outcomes = await interleave(new Map(['A', 'B', 'C'].map((name) => [name, participant(name)])), 2);
  expect(calls).toEqual(['A0', 'B0', 'C0', 'A1', 'B1', 'C1']);
  expect(outcomes.get('B')).toEqual({ results: [2, 5] });
});

it('goes on without a participant that fails', async () => {
  const calls: string[] = [];
  const outcomes = await interleave(
    new Map<string, (round: number) => Promise<number>>([
      ['A', async (round) => calls.push(`A${round}`)],
      [
        'B',
        async (round) => {
          calls.push(`B${round}`);
          if (round === 1) throw new Error('out of memory');
          return 0;
        },
      ],
    ]),
    3,
  );
  expect(calls).toEqual(['A0', 'B0', 'A1', 'B1', 'A2']);
  expect(outcomes.get('A')).toEqual({ results: [1, 3, 5] });
  expect(outcomes.get('B')).toEqual({ failure: 'out of memory' });
});
