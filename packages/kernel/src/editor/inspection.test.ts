import { expect, test } from 'vitest';
import type { ts } from '../tslab.js';
import { describeQuickInfo, describeSignatures } from './inspection.js';

const words = (text: string) => ({ kind: 'text', text });
const link = (name: string, text: string) => [
  { kind: 'link', text: '{@link ' },
  ...(name ? [{ kind: 'linkName', text: name }] : []),
  { kind: 'linkText', text },
  { kind: 'link', text: '}' },
];

test('names, documentation and tags, with links as words', () => {
  const described = describeQuickInfo({
    displayParts: [words('const a: '), words('number')],
    documentation: [
      words('See '),
      ...link('b', ''),
      words(' or '),
      ...link('c', ' the c'),
      words(', '),
      ...link('', 'gone'),
      words(', '),
      ...link('f', '()'),
      words('.'),
    ],
    tags: [
      { name: 'throws', text: [...link('RangeError', ''), words(' below 0')] },
      { name: 'throws', text: [words('{')] },
      { name: 'link', text: [words('TypeError} or {@link X | another}')] },
      { name: 'deprecated' },
    ],
  } as unknown as ts.QuickInfo);
  expect(described).toEqual({
    plain:
      'const a: number\n\nSee b or the c, gone, f().\n\n@throws RangeError below 0\n@throws TypeError or another\n@deprecated',
    markdown:
      '```typescript\nconst a: number\n```\n\nSee b or the c, gone, f().\n\n- **@throws** RangeError below 0\n- **@throws** TypeError or another\n- **@deprecated**',
  });
});

test('all overloads of a function', () => {
  const item = (...parameters: string[]) => ({
    prefixDisplayParts: [words('f(')],
    separatorDisplayParts: [words(', ')],
    suffixDisplayParts: [words('): void')],
    parameters: parameters.map((parameter) => ({ displayParts: [words(parameter)] })),
    documentation: [],
    tags: [],
  });
  const items = [item(), item('a: string', 'b?: number')];
  expect(describeSignatures({ items } as unknown as ts.SignatureHelpItems).plain).toBe(
    'f(): void\n\nf(a: string, b?: number): void',
  );
});
