/** Results of a participant, in the order of the rounds; or why it has none. */
export type Outcome<T> = { results: T[] } | { failure: string };

/**
 * Calls the participants one after the other, round by round: A B C A B C ... A participant that fails is left out of
 * later rounds.
 */
export async function interleave<Name extends string, T>(
  participants: ReadonlyMap<Name, (round: number) => Promise<T>>,
  rounds: number,
): Promise<Map<Name, Outcome<T>>> {
  const outcomes = new Map<Name, Outcome<T>>([...participants.keys()].map((name) => [name, { results: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of participants) {
      const outcome = outcomes.get(name) as Outcome<T>;
      if ('failure' in outcome) continue;
      try {
        outcome.results.push(await measure(round));
      } catch (error) {
        outcomes.set(name, { failure: (error as Error).message });
      }
    }
  }
  return outcomes;
}
