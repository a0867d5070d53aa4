import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { type OutputHeadArgs, outputHead } from './outputHead.js';

it('names what is wrong with its options', () => {
  const features = tf.input({ shape: [3, 3, 4] });
  const head = (args: object) => () => outputHead(features, args as OutputHeadArgs);
  const args = { colors: 1, levels: 4, headWidth: 4, seed: 0 };
  expect(head(args)().shape).toEqual([null, 3, 3, 1, 4]);
  expect(head({ ...args, levels: undefined })).toThrow('outputHead: levels: expected a number, got nothing');
  expect(head({ ...args, levels: '4' })).toThrow('outputHead: levels: expected a number, got "4"');
  expect(head({ ...args, channels: 1 })).toThrow('outputHead: channels: unknown, expected one of colors,');
});
