import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { pointAtLength, totalLength } from './polyline.js';

const { window } = new JSDOM('<svg><path d="M0,0L3,4L-7,4.0"/><path/></svg>', {});
const [path, empty] = [...window.document.querySelectorAll('path')];

test('a path of straight pieces has its length, and points along it', () => {
  expect(totalLength(path!)).toBe(15);
  expect(pointAtLength(path!, 0)).toEqual({ x: 0, y: 0 });
  expect(pointAtLength(path!, 2.5)).toEqual({ x: 1.5, y: 2 });
  expect(pointAtLength(path!, 7)).toEqual({ x: 1, y: 4 });
  expect(pointAtLength(path!, 99)).toEqual({ x: -7, y: 4 });
});

test('a path without pieces has none', () => {
  expect(totalLength(empty!)).toBe(0);
  expect(pointAtLength(empty!, 1)).toEqual({ x: 0, y: 0 });
});
