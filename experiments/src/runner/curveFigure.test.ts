import { expect, it } from 'vitest';
import { table3 } from '../table3.js';
import { table4 } from '../table4.js';
import { table6 } from '../table6.js';
import { curveFigure } from './curveFigure.js';

const log = [
  { step: 1, seconds: 3600, train: 9_000, valid: 9_000 },
  { step: 2, seconds: 7200, train: 8_500, valid: 8_500 },
];
const run = (row: string) => ({ row, label: 'ours', log, dimensions: 3072 });
const textsOf = ({ layout }: ReturnType<typeof curveFigure>) =>
  (layout.annotations as { text: string }[]).map(({ text }) => text);

it("names the paper's numbers by row and split, without the sizes of ours, and marks those recalled", () => {
  const figure = curveFigure(table3, [run('layers-1'), run('layers-2')]);
  expect(textsOf(figure)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^1 layer, validation \(paper\): 3\.30( ↓)?$/),
      expect.stringMatching(/^2 layers, validation \(paper\): 3\.20 \(\?\)( ↓)?$/),
    ]),
  );
  expect(textsOf(figure).some((text) => text.startsWith('12 layers'))).toBe(false); // has no curve
});

it('calls what stands below the validation images of ImageNet held-out', () => {
  const texts = textsOf(curveFigure(table6, [run('row-lstm-32x32')]));
  expect(texts.some((text) => text.startsWith('Row LSTM, 32x32, validation (paper): 3.86'))).toBe(true);
  expect(texts.some((text) => text.startsWith('ours, held-out: 3.99'))).toBe(true);
  const usual = textsOf(curveFigure(table4, [run('pixelcnn')]));
  expect(usual.some((text) => text.startsWith('ours, validation: '))).toBe(true);
});

it('is by hour where that is asked for, with a title of its own', () => {
  const { layout } = curveFigure(table4, [run('pixelcnn')], {
    horizontal: 'hours',
    title: 'Table 4, by hour',
  });
  expect(layout).toMatchObject({
    title: { text: 'Table 4, by hour' },
    xaxis: { title: { text: 'hours of training' } },
  });
});
