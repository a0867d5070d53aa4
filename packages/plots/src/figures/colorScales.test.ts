import { expect, test } from 'vitest';
import { type ColorScale, channels, colorAt, divergingScale, sequentialScale } from './colorScales.js';

const linear = (color: string) =>
  channels(color).map((v) => (v / 255 <= 0.04045 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
/** CIE 1976 lightness, 0 to 100. */
const lightness = (color: string) => {
  const [r, g, b] = linear(color);
  const y = 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
};
// Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
const blindness = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const seen = (kind: keyof typeof blindness, color: string) => {
  const rgb = linear(color);
  return [0, 3, 6].map((row) => rgb.reduce((sum, value, i) => sum + value * blindness[kind][row + i]!, 0));
};

test('places between two stops are mixed, places outside have the colour of the end', () => {
  const scale: ColorScale = [
    [0, '#000000'],
    [0.5, '#0080ff'],
    [1, '#ffffff'],
  ];
  expect([-1, 0, 0.25, 0.5, 0.75, 1, 2].map((place) => colorAt(scale, place))).toEqual([
    '#000000',
    '#000000',
    '#004080',
    '#0080ff',
    '#80c0ff',
    '#ffffff',
    '#ffffff',
  ]);
});

test('the sequential scale gets lighter at every stop, from dark to light', () => {
  const steps = sequentialScale.map(([, color]) => lightness(color));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps[0]).toBeLessThan(15);
  expect(steps.at(-1)).toBeGreaterThan(90);
  for (let i = 1; i < steps.length; i++) expect(steps[i]! - steps[i - 1]!).toBeGreaterThan(4);
});

test('the diverging scale is lightest in the middle, and equally light on either side', () => {
  const steps = divergingScale.map(([, color]) => lightness(color));
  expect(steps.indexOf(Math.max(...steps))).toBe(5);
  for (let i = 1; i <= 5; i++) expect(Math.abs(steps[5 - i]! - steps[5 + i]!)).toBeLessThan(12);
});

test.each(Object.keys(blindness) as (keyof typeof blindness)[])(
  'with %s the two sides of the diverging scale differ in hue',
  (kind) => {
    for (const step of [1, 2, 3, 4]) {
      const [below, above] = [5 - step, 5 + step].map((i) => seen(kind, divergingScale[i]![1]));
      const distance = Math.hypot(...below!.map((value, i) => value - above![i]!));
      expect(distance, `${step} from the middle`).toBeGreaterThan(0.1);
    }
  },
);
