import { expect, it } from 'vitest';
import { tfRecord } from './tfRecord.js';

it("frames data as TensorBoard's own writer does", () => {
  // RecordWriter(file).write(b'123456789') of tensorboard.summary.writer.record_writer 2.21.0
  const expected = '090000000000000037f97139313233343536373839e5b08ac7';
  expect(Buffer.from(tfRecord(Buffer.from('123456789'))).toString('hex')).toBe(expected);
});
